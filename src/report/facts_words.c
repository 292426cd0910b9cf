#include "facts_words.h"

#include <stddef.h>
#include <string.h>

static const char openers[] =
    "|a|about|above|according|across|additional|additionally|after|again|against|all|almost|along|already|"
    "also|"
    "although|altogether|always|among|an|and|another|any|anyone|apart|are|around|as|aside|at|author|authors|"
    "back|based|because|before|behind|being|below|beneath|besides|between|beyond|both|briefly|but|by|can|"
    "case|certain|chapter|clearly|combined|compared|consequently|considering|consistent|contrary|conversely|"
    "could|"
    "currently|data|depending|despite|did|different|do|document|documents|does|due|during|each|early|either|"
    "else|especially|essentially|even|every|everyone|everything|evidence|example|examples|except|experts|"
    "facts|few|"
    "fewer|figures|finally|findings|first|firstly|following|for|four|five|from|further|furthermore|general|"
    "generally|given|guidance|had|half|has|have|having|he|hence|her|here|hers|higher|his|historically|how|"
    "however|if|important|importantly|in|including|increasingly|indeed|information|initially|inside|instead|"
    "into|is|it|"
    "its|itself|just|key|known|large|larger|last|lastly|later|least|less|like|likewise|little|long|"
    "longer|low|lower|made|mainly|major|many|may|meanwhile|might|modern|more|moreover|most|mostly|much|must|"
    "near|"
    "nearly|neither|never|nevertheless|new|newer|next|no|nobody|none|nonetheless|nor|normally|not|notably|"
    "nothing|now|occasionally|of|off|often|old|older|on|once|one|only|onto|opposite|or|original|originally|"
    "other|"
    "others|otherwise|our|out|outside|over|overall|own|paragraph|part|particular|particularly|past|people|"
    "per|"
    "perhaps|possible|possibly|practically|presumably|previously|primarily|prior|probably|provided|quite|"
    "rarely|rather|"
    "recent|recently|regarding|regardless|report|reports|research|researchers|results|same|second|secondly|"
    "section|seldom|several|shall|she|short|should|similar|similarly|simply|since|six|small|smaller|so|some|"
    "someone|something|sometimes|soon|source|sources|specifically|still|studies|study|subsequently|such|"
    "taken|"
    "text|than|thanks|that|the|their|theirs|them|then|there|thereafter|therefore|these|they|third|thirdly|"
    "this|"
    "those|though|three|through|throughout|thus|to|today|together|too|towards|traditionally|two|type|typical|"
    "typically|ultimately|under|unless|unlike|until|up|upon|use|used|user|users|using|usually|various|very|"
    "via|"
    "was|we|well|were|what|whatever|when|whenever|where|whereas|wherever|whether|which|while|who|whoever|"
    "whole|"
    "whose|why|wide|widely|will|with|within|without|would|yes|yet|you|your|"
    /* German */
    "aber|alle|allein|allen|aller|allerdings|alles|als|also|am|an|andere|anderen|anders|auch|auf|aus|außer|"
    "außerdem|bei|beide|beim|bereits|bis|bisher|da|dabei|dadurch|dafür|dagegen|daher|dahinter|damit|danach|"
    "daneben|"
    "dann|daran|darauf|daraus|darin|darüber|darum|darunter|das|dass|davon|davor|dazu|dazwischen|dem|demnach|"
    "den|denn|"
    "dennoch|der|deren|des|deshalb|dessen|deswegen|die|dies|diese|diesem|diesen|dieser|dieses|doch|dokumente|"
    "dort|du|"
    "durch|ebenfalls|ebenso|ein|eine|einem|einen|einer|eines|einige|er|erst|es|etwa|etwas|euch|falls|fast|"
    "ferner|folglich|"
    "für|gegen|gemäß|genau|gleich|gleichzeitig|grundsätzlich|hat|häufig|hier|hierbei|hierfür|hierzu|hinter|"
    "ihr|ihre|im|"
    "immer|in|indem|infolge|insbesondere|insgesamt|ist|je|jede|jeder|jedes|jedoch|jene|jetzt|kann|kein|keine|"
    "laut|man|"
    "manche|mehr|mehrere|meist|meistens|mit|muss|nach|nachdem|neben|nicht|nie|noch|nun|nur|ob|obwohl|oder|"
    "oft|ohne|pro|"
    "quellen|schließlich|schon|sehr|seit|sich|sie|sind|so|sobald|sofern|solange|solche|somit|sonst|soweit|"
    "sowohl|statt|"
    "texte|trotz|trotzdem|über|um|und|unter|viele|vielmehr|vom|von|vor|wann|war|wäre|warum|was|wegen|weil|"
    "weiter|weitere|"
    "weiterhin|welche|wenn|wer|werden|wie|wird|wo|während|zu|zudem|zuerst|zuletzt|zum|zunächst|zur|zusammen|"
    "zusätzlich|"
    "zwar|zwischen|";

static const char german[] =
    "|aber|auch|auf|aus|bei|das|dass|dem|den|der|des|die|durch|ein|eine|einem|einen|einer|für|"
    "im|ist|mit|nach|nicht|oder|sich|sie|sind|um|und|unter|vom|von|werden|wird|zu|zum|zur|über|";

static const char *const months[12] = {"|january|jan|januar|jänner|",
                                       "|february|feb|februar|",
                                       "|march|mar|märz|",
                                       "|april|apr|",
                                       "|may|mai|",
                                       "|june|jun|juni|",
                                       "|july|jul|juli|",
                                       "|august|aug|",
                                       "|september|sep|sept|",
                                       "|october|oct|oktober|okt|",
                                       "|november|nov|",
                                       "|december|dec|dezember|dez|"};

bool facts_is_in(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = len ? strstr(list, word) : NULL; at; at = strstr(at + 1, word))
        if (at[-1] == '|' && at[len] == '|') return true;
    return false;
}

bool facts_is_opener(const char *word)
{
    return facts_is_in(openers, word);
}

bool facts_is_german(const char *word)
{
    return facts_is_in(german, word);
}

unsigned facts_month(const char *word)
{
    for (unsigned i = 0; i < 12; i++)
        if (facts_is_in(months[i], word)) return i + 1;
    return 0;
}
