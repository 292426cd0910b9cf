"""A corpus of our own with many sub-topics: a town's handbook, one section for each of its facilities."""
import os

FACILITIES = [
    "swimming pool", "fire station", "tram depot", "sewage plant", "public library", "bus garage", "ice rink", "cemetery",
    "weekly market", "town archive", "harbour crane", "railway bridge", "water tower", "street lighting", "botanical garden",
    "music school", "district heating", "observatory", "animal shelter", "recycling yard", "concert hall", "ferry landing",
    "playground", "town museum", "ski lift", "radio mast", "flood barrier", "snow plough", "bicycle path", "wind turbine",
    "gas works", "orchard", "printing office", "lighthouse", "car park", "bell tower", "nursery school", "quarry", "airfield",
    "fish hatchery",
]
SENTENCES = [
    "The {name} is inspected by two engineers every {a} weeks, because small faults of a {name} grow quickly in winter.",
    "Running the {name} costs the town {b} euros a day, of which energy takes about {c} percent.",
    "A {name} of this size needs {d} people in summer and {a} people in winter, since its hours are shorter then.",
    "When the {name} was rebuilt, its planners chose steel instead of timber, which made the {name} last {e} years longer.",
    "Visitors of the {name} complain most often about noise, so the doors of the {name} are closed after {d} in the evening.",
    "The spare parts of the {name} lie in store room {f}, and the keys to the {name} are kept by the night porter.",
    "If the {name} fails, a notice is posted within {c} minutes and the mayor's office is told about the {name} at once.",
    "Experience shows that the {name} should be closed for {a} days each spring, because painting the {name} takes that long.",
]


def section(number, name):
    values = {"a": 2 + number % 7, "b": 110 + 13 * number, "c": 15 + number, "d": 4 + number % 9, "e": 10 + 3 * number,
              "f": 200 + number}
    return f"## {name.capitalize()}\n\n" + "\n\n".join(s.format(name=name, **values) for s in SENTENCES) + "\n"


def make_town(folder, facilities=40, each=5):
    """Markdown files of `each` sections; returns the topic to ask about."""
    os.makedirs(folder, exist_ok=True)
    for start in range(0, facilities, each):
        names = FACILITIES[start:min(start + each, facilities)]
        with open(os.path.join(folder, f"handbook{start // each + 1:02d}.md"), "w", encoding="utf-8") as f:
            f.write(f"# Handbook of the town, part {start // each + 1}\n\n")
            f.write("\n".join(section(start + i, name) for i, name in enumerate(names)))
    return "Handbook of the town"
