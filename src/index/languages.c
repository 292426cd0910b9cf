#include "languages.h"

#include "fold.h"

#include <string.h>

/* Sorted by bytes for bsearch; words of grammar, chosen for this program. */

static const char *const en[] = {
    "a",       "about",    "above",      "across",     "after",    "again",   "against", "all",
    "almost",  "along",    "already",    "also",       "although", "always",  "am",      "among",
    "an",      "and",      "another",    "any",        "are",      "aren't",  "around",  "as",
    "at",      "away",     "be",         "because",    "become",   "becomes", "been",    "before",
    "being",   "below",    "between",    "both",       "but",      "by",      "came",    "can",
    "can't",   "cannot",   "could",      "couldn't",   "did",      "didn't",  "do",      "does",
    "doesn't", "doing",    "don't",      "done",       "down",     "during",  "each",    "either",
    "else",    "enough",   "even",       "ever",       "every",    "few",     "for",     "from",
    "further", "get",      "gets",       "give",       "given",    "goes",    "had",     "hadn't",
    "has",     "hasn't",   "have",       "haven't",    "having",   "he",      "her",     "here",
    "hers",    "herself",  "him",        "himself",    "his",      "how",     "however", "i",
    "i'll",    "i'm",      "i've",       "if",         "in",       "instead", "into",    "is",
    "isn't",   "it",       "it's",       "its",        "itself",   "just",    "less",    "let",
    "let's",   "like",     "made",       "make",       "makes",    "many",    "may",     "me",
    "might",   "mine",     "more",       "most",       "much",     "must",    "my",      "myself",
    "neither", "never",    "no",         "nor",        "not",      "now",     "of",      "off",
    "often",   "on",       "once",       "one",        "only",     "or",      "other",   "others",
    "our",     "ours",     "ourselves",  "out",        "over",     "own",     "per",     "perhaps",
    "quite",   "rather",   "really",     "same",       "shall",    "she",     "should",  "shouldn't",
    "since",   "so",       "some",       "such",       "than",     "that",    "that's",  "the",
    "their",   "theirs",   "them",       "themselves", "then",     "there",   "there's", "therefore",
    "these",   "they",     "they're",    "this",       "those",    "though",  "through", "thus",
    "to",      "together", "too",        "toward",     "under",    "unless",  "until",   "up",
    "upon",    "us",       "used",       "using",      "very",     "via",     "was",     "wasn't",
    "we",      "we'll",    "we're",      "we've",      "well",     "were",    "weren't", "what",
    "what's",  "when",     "where",      "whereas",    "whether",  "which",   "while",   "who",
    "whom",    "whose",    "why",        "will",       "with",     "within",  "without", "won't",
    "would",   "wouldn't", "yet",        "you",        "you'll",   "you're",  "you've",  "your",
    "yours",   "yourself", "yourselves",
};

static const char *const de[] = {
    "ab",      "aber",     "alle",    "allem",  "allen",   "aller",   "alles",   "als",       "also",
    "am",      "an",       "ander",   "andere", "anderem", "anderen", "anderer", "anderes",   "auch",
    "auf",     "aus",      "außer",   "bei",    "beim",    "bereits", "bevor",   "bin",       "bis",
    "bist",    "bzw",      "da",      "dabei",  "dadurch", "dafür",   "dagegen", "daher",     "dahin",
    "damit",   "danach",   "daneben", "dann",   "daran",   "darauf",  "daraus",  "darf",      "darin",
    "darum",   "darunter", "darüber", "das",    "dass",    "davon",   "davor",   "dazu",      "dein",
    "deine",   "dem",      "den",     "denen",  "denn",    "dennoch", "der",     "deren",     "des",
    "deshalb", "dessen",   "dich",    "die",    "dies",    "diese",   "diesem",  "diesen",    "dieser",
    "dieses",  "dir",      "doch",    "dort",   "du",      "durch",   "dürfen",  "ebenso",    "ein",
    "eine",    "einem",    "einen",   "einer",  "eines",   "einige",  "einigen", "er",        "es",
    "etwa",    "etwas",    "euch",    "euer",   "falls",   "für",     "gegen",   "gegenüber", "gemäß",
    "gibt",    "habe",     "haben",   "hat",    "hatte",   "hatten",  "hier",    "hierbei",   "hierfür",
    "hierzu",  "hin",      "hinter",  "ich",    "ihm",     "ihn",     "ihnen",   "ihr",       "ihre",
    "ihrem",   "ihren",    "ihrer",   "ihres",  "im",      "immer",   "in",      "indem",     "innerhalb",
    "ins",     "ist",      "ja",      "je",     "jede",    "jedem",   "jeden",   "jeder",     "jedes",
    "jedoch",  "jene",     "jenem",   "jenen",  "jener",   "jenes",   "kann",    "kein",      "keine",
    "keinem",  "keinen",   "keiner",  "können", "könnte",  "könnten", "man",     "manche",    "mehr",
    "mein",    "meine",    "mich",    "mir",    "mit",     "muss",    "müssen",  "müsste",    "nach",
    "nachdem", "neben",    "nicht",   "nichts", "noch",    "nun",     "nur",     "ob",        "obwohl",
    "oder",    "ohne",     "sehr",    "sein",   "seine",   "seinem",  "seinen",  "seiner",    "seines",
    "seit",    "selbst",   "sich",    "sie",    "sind",    "so",      "sobald",  "sofern",    "solche",
    "solchen", "solcher",  "soll",    "sollen", "sollte",  "sollten", "somit",   "sondern",   "sonst",
    "soweit",  "sowie",    "sowohl",  "trotz",  "um",      "und",     "uns",     "unser",     "unsere",
    "unter",   "viel",     "viele",   "vom",    "von",     "vor",     "wann",    "war",       "waren",
    "warum",   "was",      "weder",   "wegen",  "weil",    "weiter",  "weitere", "welche",    "welchem",
    "welchen", "welcher",  "welches", "wenn",   "wer",     "werde",   "werden",  "weshalb",   "wie",
    "wieder",  "will",     "wir",     "wird",   "wo",      "wobei",   "wodurch", "wollen",    "worden",
    "wurde",   "wurden",   "während", "würde",  "würden",  "zu",      "zudem",   "zum",       "zur",
    "zwar",    "zwischen", "über",
};

static const char *const fr[] = {
    "afin",    "ai",       "ainsi",    "alors",   "après",     "au",         "aucun",    "aucune",
    "aura",    "aurait",   "aussi",    "autre",   "autres",    "aux",        "avait",    "avant",
    "avec",    "avez",     "avoir",    "avons",   "ayant",     "beaucoup",   "bien",     "c",
    "car",     "ce",       "ceci",     "cela",    "celle",     "celles",     "celui",    "cependant",
    "ces",     "cet",      "cette",    "ceux",    "chaque",    "chez",       "comme",    "comment",
    "d",       "dans",     "de",       "depuis",  "des",       "devra",      "doit",     "doivent",
    "donc",    "dont",     "du",       "dès",     "elle",      "elles",      "en",       "encore",
    "entre",   "es",       "est",      "et",      "eu",        "eux",        "faire",    "fait",
    "faut",    "font",     "il",       "ils",     "j",         "je",         "jusqu",    "l",
    "la",      "laquelle", "le",       "lequel",  "les",       "lesquelles", "lesquels", "leur",
    "leurs",   "lors",     "lorsqu",   "lorsque", "lui",       "là",         "m",        "ma",
    "mais",    "malgré",   "me",       "mes",     "moi",       "moins",      "mon",      "même",
    "mêmes",   "n",        "ne",       "ni",      "nos",       "notre",      "nous",     "on",
    "ont",     "ou",       "où",       "par",     "parce",     "parmi",      "pas",      "pendant",
    "peu",     "peut",     "peuvent",  "plus",    "plusieurs", "pour",       "pourquoi", "pourra",
    "pouvez",  "puis",     "puisque",  "qu",      "quand",     "que",        "quel",     "quelle",
    "quelles", "quelque",  "quelques", "quels",   "qui",       "quoi",       "s",        "sa",
    "sans",    "sauf",     "se",       "selon",   "sera",      "serait",     "seront",   "ses",
    "si",      "sinon",    "soit",     "sommes",  "son",       "sont",       "sous",     "souvent",
    "suis",    "sur",      "t",        "ta",      "tandis",    "tant",       "te",       "tel",
    "telle",   "telles",   "tels",     "tes",     "toi",       "ton",        "toujours", "tous",
    "tout",    "toute",    "toutes",   "très",    "tu",        "un",         "une",      "vers",
    "via",     "voici",    "voir",     "vos",     "votre",     "vous",       "y",        "à",
    "ça",      "étaient",  "était",    "étant",   "été",       "être",
};

static const char *const es[] = {
    "a",        "acerca",  "además", "al",        "algo",    "alguna",  "algunas",  "alguno",  "algunos",
    "algún",    "ambos",   "ante",   "antes",     "aquel",   "aquella", "aquellos", "aquí",    "así",
    "aun",      "aunque",  "aún",    "bajo",      "bien",    "cada",    "casi",     "como",    "con",
    "contra",   "cual",    "cuales", "cualquier", "cuando",  "cuanto",  "cuál",     "cuándo",  "cómo",
    "de",       "debe",    "deben",  "deber",     "del",     "desde",   "después",  "donde",   "dos",
    "durante",  "dónde",   "e",      "el",        "ella",    "ellas",   "ello",     "ellos",   "en",
    "entre",    "era",     "eran",   "es",        "esa",     "esas",    "ese",      "eso",     "esos",
    "estar",    "estas",   "este",   "esto",      "estos",   "está",    "están",    "fue",     "fueron",
    "ha",       "haber",   "había",  "hacer",     "hacia",   "han",     "hasta",    "hay",     "he",
    "incluso",  "la",      "las",    "le",        "les",     "lo",      "los",      "luego",   "me",
    "mediante", "menos",   "mi",     "mientras",  "mis",     "misma",   "mismas",   "mismo",   "mismos",
    "mucha",    "muchas",  "mucho",  "muchos",    "muy",     "más",     "nada",     "ni",      "ninguna",
    "ningún",   "no",      "nos",    "nosotros",  "nuestra", "nuestro", "nunca",    "o",       "otra",
    "otras",    "otro",    "otros",  "para",      "pero",    "poco",    "por",      "porque",  "puede",
    "pueden",   "pues",    "que",    "quien",     "quienes", "quién",   "qué",      "se",      "sea",
    "sean",     "según",   "ser",    "será",      "si",      "sido",    "sin",      "sino",    "sobre",
    "solo",     "son",     "su",     "sus",       "sí",      "sólo",    "también",  "tampoco", "tan",
    "tanto",    "te",      "tiene",  "tienen",    "toda",    "todas",   "todavía",  "todo",    "todos",
    "tras",     "tu",      "tus",    "u",         "un",      "una",     "unas",     "uno",     "unos",
    "usted",    "ustedes", "vez",    "y",         "ya",      "yo",      "él",
};

static const char *const it[] = {
    "a",        "abbiamo", "ad",      "agli",    "ai",       "al",      "alcun",   "alcuna",   "alcune",
    "alcuni",   "all",     "alla",    "alle",    "allo",     "allora",  "altra",   "altre",    "altri",
    "altro",    "anche",   "ancora",  "avere",   "aveva",    "bene",    "che",     "chi",      "ci",
    "ciascun",  "ciò",     "coi",     "col",     "come",     "con",     "contro",  "cosa",     "così",
    "cui",      "d",       "da",      "dagli",   "dai",      "dal",     "dall",    "dalla",    "dalle",
    "dallo",    "degli",   "dei",     "del",     "dell",     "della",   "delle",   "dello",    "deve",
    "devono",   "di",      "dopo",    "dove",    "dovrebbe", "dunque",  "durante", "e",        "ed",
    "egli",     "era",     "erano",   "essa",    "esse",     "essere",  "essi",    "esso",     "fa",
    "fare",     "fino",    "fra",     "già",     "gli",      "ha",      "hai",     "hanno",    "ho",
    "i",        "il",      "in",      "infatti", "invece",   "io",      "l",       "la",       "le",
    "lei",      "li",      "lo",      "loro",    "lui",      "ma",      "mai",     "mediante", "meno",
    "mentre",   "mi",      "mia",     "mie",     "miei",     "mio",     "molto",   "ne",       "negli",
    "nei",      "nel",     "nell",    "nella",   "nelle",    "nello",   "nessun",  "nessuna",  "no",
    "noi",      "non",     "nostra",  "nostro",  "né",       "o",       "ogni",    "ognuno",   "oltre",
    "oppure",   "ora",     "per",     "perché",  "però",     "più",     "poco",    "poi",      "possono",
    "potrebbe", "prima",   "proprio", "può",     "qua",      "qualche", "quale",   "quali",    "quando",
    "quanto",   "quella",  "quelle",  "quelli",  "quello",   "questa",  "queste",  "questi",   "questo",
    "qui",      "quindi",  "se",      "secondo", "sempre",   "senza",   "si",      "sia",      "siamo",
    "siano",    "siete",   "sino",    "solo",    "sono",     "sopra",   "sotto",   "sta",      "stata",
    "state",    "stati",   "stato",   "su",      "sua",      "sue",     "sugli",   "sui",      "sul",
    "sull",     "sulla",   "sulle",   "suo",     "suoi",     "sì",      "tale",    "tali",     "tanto",
    "te",       "ti",      "tra",     "tramite", "tu",       "tua",     "tue",     "tuo",      "tuoi",
    "tutta",    "tutte",   "tutti",   "tutto",   "un",       "un'",     "una",     "uno",      "va",
    "verso",    "vi",      "via",     "voi",     "vostra",   "vostro",  "è",
};

static const char *const pt[] = {
    "a",       "acima",  "agora",    "ainda",   "algo",     "algum",    "alguma",  "algumas", "alguns",
    "alguém",  "ambos",  "ante",     "antes",   "ao",       "aos",      "apenas",  "após",    "aquela",
    "aquelas", "aquele", "aqueles",  "aqui",    "as",       "assim",    "através", "até",     "bem",
    "cada",    "com",    "como",     "contra",  "da",       "daquele",  "das",     "de",      "dela",
    "dele",    "deles",  "depois",   "desde",   "dessa",    "desse",    "desta",   "deste",   "deve",
    "devem",   "do",     "dos",      "durante", "e",        "ela",      "elas",    "ele",     "eles",
    "em",      "embora", "enquanto", "entre",   "era",      "eram",     "essa",    "essas",   "esse",
    "esses",   "esta",   "estas",    "estava",  "este",     "estes",    "está",    "estão",   "eu",
    "foi",     "for",    "fora",     "foram",   "há",       "isso",     "isto",    "já",      "la",
    "lhe",     "lo",     "mais",     "mas",     "me",       "mediante", "menos",   "mesma",   "mesmas",
    "mesmo",   "mesmos", "meu",      "mim",     "minha",    "muito",    "muitos",  "na",      "nada",
    "nas",     "nela",   "nele",     "nem",     "nenhum",   "nenhuma",  "nessa",   "nesse",   "nesta",
    "neste",   "no",     "nos",      "nossa",   "nosso",    "num",      "numa",    "nunca",   "não",
    "nós",     "o",      "onde",     "os",      "ou",       "outra",    "outras",  "outro",   "outros",
    "para",    "pela",   "pelas",    "pelo",    "pelos",    "per",      "perante", "pode",    "podem",
    "pois",    "por",    "porque",   "porquê",  "porém",    "pouco",    "quais",   "qual",    "qualquer",
    "quando",  "quanto", "que",      "quem",    "se",       "seja",     "sejam",   "sem",     "sempre",
    "sendo",   "ser",    "será",     "seu",     "seus",     "si",       "sido",    "sob",     "sobre",
    "sua",     "suas",   "são",      "também",  "tampouco", "tanto",    "te",      "tem",     "ter",
    "teu",     "toda",   "todas",    "todo",    "todos",    "tu",       "tudo",    "têm",     "um",
    "uma",     "umas",   "uns",      "usar",    "vez",      "você",     "vocês",   "vos",     "às",
    "é",
};

static const char *const nl[] = {
    "aan",    "achter",  "al",     "alle",   "alleen",  "als",    "altijd",  "ander",  "andere",  "anders",
    "bent",   "bij",     "binnen", "daar",   "daarbij", "daarna", "daarom",  "dan",    "dat",     "de",
    "deze",   "die",     "dit",    "doch",   "doen",    "door",   "dus",     "echter", "een",     "eens",
    "elk",    "elke",    "en",     "enige",  "enkele",  "er",     "ervan",   "even",   "ge",      "geen",
    "gewoon", "haar",    "had",    "hadden", "heb",     "hebben", "heeft",   "hem",    "het",     "hier",
    "hij",    "hoe",     "hun",    "ieder",  "iedere",  "iemand", "iets",    "ik",     "in",      "indien",
    "is",     "ja",      "je",     "jij",    "jou",     "jouw",   "jullie",  "kan",    "kon",     "kunnen",
    "kunt",   "later",   "maar",   "maken",  "meer",    "meest",  "men",     "met",    "mij",     "mijn",
    "moet",   "moeten",  "mogen",  "na",     "naar",    "naast",  "niemand", "niet",   "niets",   "nog",
    "nooit",  "nu",      "of",     "om",     "omdat",   "onder",  "ons",     "onze",   "ook",     "op",
    "over",   "per",     "reeds",  "sinds",  "slechts", "te",     "tegen",   "ten",    "ter",     "terwijl",
    "toch",   "toen",    "tot",    "totdat", "tussen",  "u",      "uit",     "uw",     "vaak",    "van",
    "vanaf",  "veel",    "vele",   "via",    "voor",    "vooral", "voordat", "waar",   "waarbij", "waarin",
    "waarom", "wanneer", "want",   "waren",  "was",     "wat",    "we",      "weer",   "wel",     "welk",
    "welke",  "werd",    "werden", "wie",    "wij",     "wil",    "worden",  "wordt",  "zal",     "ze",
    "zeer",   "zelf",    "zich",   "zij",    "zijn",    "zo",     "zoals",   "zodat",  "zonder",  "zou",
    "zouden", "zowel",   "zullen",
};

static const char *const ru[] = {
    "а",       "без",      "более",    "больше",   "будем",   "будет",   "будете",    "будешь",  "будто",
    "буду",    "будут",    "бы",       "был",      "была",    "были",    "было",      "быть",    "в",
    "вам",     "вами",     "вас",      "весь",     "во",      "вообще",  "вот",       "впрочем", "все",
    "всегда",  "всего",    "всей",     "всем",     "всеми",   "всех",    "всю",       "вся",     "вы",
    "где",     "да",       "даже",     "для",      "до",      "должен",  "должна",    "должно",  "должны",
    "если",    "есть",     "еще",      "ещё",      "же",      "за",      "здесь",     "и",       "из",
    "изо",     "или",      "им",       "ими",      "иначе",   "иногда",  "их",        "к",       "каждая",
    "каждого", "каждое",   "каждый",   "как",      "какая",   "какие",   "какой",     "ко",      "когда",
    "которая", "которого", "которое",  "которой",  "котором", "которую", "которые",   "который", "которых",
    "кроме",   "кто",      "куда",     "ли",       "лишь",    "между",   "меня",      "мне",     "многие",
    "может",   "можно",    "мои",      "мой",      "мы",      "на",      "над",       "надо",    "нам",
    "нами",    "нас",      "не",       "него",     "нее",     "ней",     "некоторые", "нет",     "неё",
    "ни",      "нибудь",   "никогда",  "ним",      "ними",    "них",     "ничего",    "но",      "ну",
    "нужно",   "о",        "об",       "обычно",   "однако",  "он",      "она",       "они",     "оно",
    "от",      "очень",    "перед",    "по",       "под",     "пока",    "после",     "потом",   "потому",
    "почти",   "при",      "про",      "просто",   "раз",     "с",       "сам",       "сама",    "сами",
    "само",    "свое",     "своей",    "свои",     "своих",   "свой",    "своё",      "себе",    "себя",
    "сейчас",  "со",       "собой",    "совсем",   "так",     "такая",   "также",     "такие",   "такой",
    "там",     "те",       "тебя",     "тем",      "теперь",  "то",      "тобой",     "тогда",   "того",
    "тоже",    "той",      "только",   "том",      "тот",     "тут",     "ты",        "у",       "уже",
    "хотя",    "чего",     "чей",      "чем",      "через",   "что",     "чтоб",      "чтобы",   "чуть",
    "эта",     "эти",      "этим",     "этих",     "это",     "этого",   "этой",      "этом",    "этот",
    "эту",     "я",        "является", "являются",
};

static const char *const sv[] = {
    "alla",  "allt",   "alltid", "andra",  "annan",    "annat",  "antingen", "att",   "av",     "bara",
    "blev",  "bli",    "blir",   "blivit", "båda",     "både",   "de",       "dem",   "den",    "denna",
    "deras", "dess",   "dessa",  "det",    "detta",    "dig",    "din",      "dina",  "ditt",   "du",
    "där",   "därför", "då",     "efter",  "eftersom", "eller",  "en",       "er",    "ett",    "finns",
    "från",  "få",     "får",    "för",    "före",     "genom",  "ger",      "gör",   "ha",     "hade",
    "han",   "hans",   "har",    "hela",   "helt",     "hennes", "hon",      "honom", "hur",    "här",
    "i",     "icke",   "igen",   "in",     "inga",     "ingen",  "inget",    "innan", "inom",   "inte",
    "ja",    "jag",    "kan",    "kommer", "kunde",    "kunna",  "man",      "med",   "mellan", "men",
    "mer",   "mig",    "min",    "mina",   "mitt",     "mot",    "mycket",   "många", "måste",  "nej",
    "ni",    "nu",     "när",    "någon",  "något",    "några",  "och",      "också", "om",     "oss",
    "på",    "redan",  "samma",  "samt",   "sedan",    "ser",    "sig",      "sin",   "sina",   "sitt",
    "ska",   "skall",  "skulle", "som",    "så",       "sådan",  "trots",    "under", "upp",    "ur",
    "ut",    "utan",   "vad",    "var",    "vara",     "varför", "varit",    "varje", "vart",   "vem",
    "vi",    "via",    "vid",    "vilka",  "vilken",   "vilket", "vill",     "vår",   "våra",   "än",
    "är",    "åt",     "över",
};

static const char *const da[] = {
    "ad",      "af",      "aldrig", "alle",  "alt",    "altid",   "anden",   "andet",  "andre",  "at",
    "bare",    "begge",   "blev",   "blive", "bliver", "da",      "de",      "dem",    "den",    "denne",
    "der",     "deres",   "derfor", "det",   "dette",  "dig",     "din",     "disse",  "dog",    "du",
    "efter",   "egen",    "ej",     "eller", "en",     "end",     "enten",   "er",     "et",     "flere",
    "for",     "fordi",   "fra",    "få",    "får",    "før",     "gennem",  "gør",    "gøre",   "ham",
    "han",     "hans",    "har",    "havde", "have",   "hele",    "hende",   "hendes", "her",    "hos",
    "hun",     "hvad",    "hvem",   "hver",  "hvert",  "hvilke",  "hvilken", "hvis",   "hvor",   "hvordan",
    "hvorfor", "hvornår", "i",      "igen",  "ikke",   "imellem", "ind",     "ingen",  "intet",  "ja",
    "jeg",     "jer",     "kan",    "kunne", "man",    "mange",   "med",     "meget",  "mellem", "men",
    "mens",    "mere",    "mig",    "min",   "mine",   "mod",     "ned",     "nej",    "nogen",  "noget",
    "nogle",   "nu",      "ny",     "når",   "næsten", "og",      "også",    "om",     "op",     "os",
    "over",    "på",      "samme",  "samt",  "siden",  "sig",     "sin",     "sine",   "skal",   "skulle",
    "som",     "så",      "sådan",  "ud",    "uden",   "under",   "var",     "ved",    "vi",     "via",
    "vil",     "ville",   "vor",    "være",  "været",
};

static const char *const cs[] = {
    "a",     "aby",   "ale",    "ani",    "až",      "bez",    "bude", "budou",  "by",      "byl",    "byla",
    "bylo",  "byly",  "být",    "co",     "což",     "další",  "do",   "i",      "jak",     "jako",   "je",
    "jeho",  "jej",   "jejich", "její",   "jen",     "jenž",   "ji",   "jiné",   "již",     "jsem",   "jsi",
    "jsme",  "jsou",  "k",      "kam",    "každý",   "kde",    "kdo",  "když",   "ke",      "kterou", "která",
    "které", "který", "kteří",  "ma",     "mezi",    "mi",     "mnou", "moci",   "mohou",   "musí",   "má",
    "máte",  "mít",   "může",   "můžete", "na",      "nad",    "ne",   "nebo",   "není",    "než",    "nich",
    "nyní",  "nám",   "nás",    "náš",    "o",       "od",     "ode",  "on",     "ona",     "oni",    "ono",
    "pak",   "po",    "pod",    "podle",  "pokud",   "pouze",  "pro",  "proto",  "protože", "proč",   "před",
    "při",   "s",     "se",     "si",     "své",     "svých",  "svým", "svůj",   "ta",      "tak",    "také",
    "takže", "tato",  "te",     "tedy",   "ten",     "tento",  "to",   "tohoto", "tom",     "tomto",  "tu",
    "tuto",  "ty",    "tyto",   "této",   "tím",     "těchto", "u",    "už",     "v",       "ve",     "vám",
    "vás",   "váš",   "více",   "vše",    "všechny", "z",      "za",   "zda",    "zde",     "ze",     "že",
};

static const char *const pl[] = {
    "a",         "aby",      "albo",    "ale",    "ani",      "aż",      "bardzo", "bez",     "bo",
    "być",       "był",      "była",    "było",   "były",     "będzie",  "będą",   "co",      "czy",
    "czyli",     "dla",      "do",      "gdy",    "gdyż",     "gdzie",   "go",     "i",       "ich",
    "ile",       "im",       "inne",    "innych", "istnieje", "ja",      "jak",    "jako",    "jego",
    "jej",       "jest",     "jeszcze", "jeśli",  "jeżeli",   "już",     "każdy",  "kiedy",   "kto",
    "która",     "które",    "którego", "której", "który",    "których", "którym", "którzy",  "lecz",
    "lub",       "ma",       "mają",    "może",   "można",    "mu",      "musi",   "na",      "nad",
    "nam",       "nas",      "nawet",   "nich",   "nie",      "niech",   "nim",    "niż",     "o",
    "od",        "ona",      "one",     "oni",    "oraz",     "po",      "pod",    "podczas", "poza",
    "przed",     "przez",    "przy",    "sam",    "się",      "sobie",   "swoje",  "są",      "ta",
    "tak",       "także",    "tam",     "te",     "tego",     "tej",     "ten",    "też",     "to",
    "tych",      "tylko",    "tym",     "tę",     "u",        "w",       "we",     "wiele",   "więc",
    "wszystkie", "wszystko", "właśnie", "z",      "za",       "zawsze",  "ze",     "że",
};

#define LIST(words) words, sizeof words / sizeof words[0]

static const struct nd_language languages[] = {
    {"ar", "arabic", NULL, 0},     {"ca", "catalan", NULL, 0},     {"cs", NULL, LIST(cs)},
    {"da", "danish", LIST(da)},    {"de", "german", LIST(de)},     {"el", "greek", NULL, 0},
    {"en", "english", LIST(en)},   {"es", "spanish", LIST(es)},    {"eu", "basque", NULL, 0},
    {"fi", "finnish", NULL, 0},    {"fr", "french", LIST(fr)},     {"ga", "irish", NULL, 0},
    {"hi", "hindi", NULL, 0},      {"hu", "hungarian", NULL, 0},   {"hy", "armenian", NULL, 0},
    {"id", "indonesian", NULL, 0}, {"it", "italian", LIST(it)},    {"lt", "lithuanian", NULL, 0},
    {"ne", "nepali", NULL, 0},     {"nl", "dutch", LIST(nl)},      {"no", "norwegian", NULL, 0},
    {"pl", NULL, LIST(pl)},        {"pt", "portuguese", LIST(pt)}, {"ro", "romanian", NULL, 0},
    {"ru", "russian", LIST(ru)},   {"sr", "serbian", NULL, 0},     {"sv", "swedish", LIST(sv)},
    {"ta", "tamil", NULL, 0},      {"tr", "turkish", NULL, 0},     {"yi", "yiddish", NULL, 0},
};
#define LANGUAGES (sizeof languages / sizeof languages[0])

const struct nd_language *nd_language_of(const char *lang)
{
    if (!lang || strlen(lang) < 2 || (lang[2] != '\0' && lang[2] != '-' && lang[2] != '_')) return NULL;
    for (size_t i = 0; i < LANGUAGES; i++) {
        if (strncmp(languages[i].code, lang, 2) == 0) return &languages[i];
    }
    return NULL;
}

#define LONGEST_STOP 20 /* bytes */

bool nd_language_stops(const struct nd_language *language, struct nd_view word)
{
    if (!language || word.len > LONGEST_STOP) return false;
    size_t low = 0;
    size_t high = language->stop_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = nd_view_cmp(word, nd_view_of(language->stops[middle]));
        if (order == 0) return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

bool nd_is_grammar(const struct nd_language *language, struct nd_view lower_word)
{
    static const struct nd_language english = {"en", "english", LIST(en)};
    if (nd_language_stops(&english, lower_word)) return true;
    return language && language->stops != english.stops && nd_language_stops(language, lower_word);
}

bool nd_is_grammar_word(const struct nd_language *language, struct nd_view word)
{
    struct nd_view first;
    size_t at = 0;
    if (!nd_word_next(word, &at, &first)) return false;
    struct nd_bytes folded = ND_BYTES(ND_BYTES_MAX);
    nd_fold(first, &folded);
    bool grammar = nd_is_grammar(language, nd_bytes_view(&folded));
    nd_bytes_release(&folded);
    return grammar;
}
