"""A small corpus of our own for tests that need a whole run in a fraction of a second: Markdown, HTML, CSV, text, PDF."""
import os

PARAGRAPHS = {
    "power": [
        "A weather station in the field needs a battery that survives the darkest two weeks of the year.",
        "The solar panel must deliver at least 20 watts in winter, because snow covers a third of it on most mornings.",
        "Lead batteries should never be discharged below 50 percent, since every deep discharge shortens their life.",
        "The charge controller disconnects the load at 11.4 volts and connects it again at 12.6 volts.",
        "When the voltage falls, the logger keeps running and the radio is switched off first.",
        "A fuse of 5 amperes protects the cable between the battery and the charge controller.",
    ],
    "sensors": [
        "The temperature sensor is mounted 2 metres above the ground in a ventilated shield.",
        "Humidity sensors drift by about 2 percent a year and must be calibrated every spring.",
        "A tipping bucket rain gauge counts 0.2 millimetres with each tip and must stand level.",
        "Spiders like to live in the shield, so it should be opened and cleaned twice a year.",
        "The wind vane must point to true north, not to magnetic north, when it is mounted.",
        "An anemometer whose bearings are worn reads too low in light winds and should be replaced after three years.",
    ],
    "data": [
        "The logger stores one record every ten minutes and keeps at least ninety days of them.",
        "Records are sent by radio every hour, and a record is deleted only after the server has confirmed it.",
        "A record without a valid check sum is marked as suspect and never used for daily means.",
        "Daily means need at least 120 of the 144 records of a day, otherwise the day counts as missing.",
        "The clock of the logger is set from the satellite receiver once a day and may drift by one second.",
    ],
    "maintenance": [
        "Each station is visited every six months, and the visit is written into its log book.",
        "The visitor cleans the solar panel, levels the rain gauge and compares every sensor with a reference.",
        "Spare parts for one station fit into a single case, which is kept at the district office.",
        "Cables must be checked for marten bites, because animals damage them more often than storms do.",
        "If a sensor has failed, the whole sensor is replaced and repaired later in the workshop.",
    ],
}


def pdf(path, pages):
    """A plain PDF 1.4 with one line of text per string; enough for any reader."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", None, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        text = "BT /F1 11 Tf 14 TL 60 780 Td " + " ".join(
            "(" + s.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") + ") Tj T*" for s in lines) + " ET"
        objects.append(f"<< /Length {len(text)} >>\nstream\n{text}\nendstream")
        objects.append("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
                       f"/Contents {len(objects)} 0 R >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{o:010d} 00000 n \n".encode() for o in offsets)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    with open(path, "wb") as f:
        f.write(out)


def wrapped(sentences, width=80):
    lines, line = [], ""
    for word in " ".join(sentences).split():
        if len(line) + len(word) + 1 > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return lines + [line]


def make_corpus(folder):
    """Writes five documents below folder."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "power.md"), "w") as f:
        f.write("# Power supply of a weather station\n\n## Battery and panel\n\n" + "\n\n".join(PARAGRAPHS["power"]) + "\n")
    with open(os.path.join(folder, "sensors.html"), "w") as f:
        body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS["sensors"])
        f.write(f"<!doctype html><html lang=en><head><meta charset=utf-8><title>Sensors of a weather station</title></head>"
                f"<body><main><h1>Sensors of a weather station</h1>{body}</main></body></html>\n")
    pdf(os.path.join(folder, "data.pdf"),
        [["Data of a weather station", ""] + wrapped(PARAGRAPHS["data"][:3]),
         ["Daily means and the clock", ""] + wrapped(PARAGRAPHS["data"][3:])])
    with open(os.path.join(folder, "maintenance.txt"), "w") as f:
        f.write("Maintenance of a weather station\n\n" + "\n\n".join(PARAGRAPHS["maintenance"]) + "\n")
    with open(os.path.join(folder, "stations.csv"), "w") as f:
        f.write("Station,Height above sea level (m),Panel (W)\nHarbour,12,20\nMill,240,25\nPass,1830,40\n")
