"""Makes the clips that simulated participants play: a drawn figure that sways and talks, and synthetic speech.

Needs ffmpeg, espeak-ng and Pillow. Run by hand when the clips should change; the results are kept in the tree, so
that neither the demo nor its tests need these tools.

    python3 make.py
"""

import array
import math
import pathlib
import subprocess
import tempfile

from PIL import Image, ImageDraw

WIDTH, HEIGHT, FPS, SECONDS = 320, 240, 15, 6
PEOPLE = {
    "elder": ((126, 143, 137), (201, 183, 160), "院坪垫高以后,一下雨水就往我家倒灌。东墙的墙皮掉了一大片。我也不是要为难他,把水沟修好就行。"),
    "neighbour": ((155, 127, 108), (189, 164, 138), "我垫院坪是怕自己家进水,没有想到会影响你家。修沟我同意,钱的事情可以商量。"),
    "lawyer": ((107, 122, 156), (214, 196, 176), "我说一下相邻关系的规定。排水应当尊重自然流向,造成损失的,应当赔偿。"),
}
here = pathlib.Path(__file__).parent


def levels(opus):
    """Loudness of each packet of 20 ms in -dBov, 0 (loudest) to 127 (silence), one byte each (RFC 6464)."""
    raw = subprocess.run(["ffmpeg", "-loglevel", "error", "-i", opus, "-f", "s16le", "-ac", "1", "-ar", "48000", "-"],
                         check=True, capture_output=True).stdout
    samples = array.array("h", raw)
    return bytes(level(samples[at:at + 960]) for at in range(0, len(samples), 960))


def level(samples):
    rms = math.sqrt(sum(one * one for one in samples) / len(samples)) / 32768
    return 127 if rms == 0 else max(0, min(127, round(-20 * math.log10(rms))))


def frame(shirt, skin, t):
    """One picture at t in 0..1 of the loop, drawn at twice the size and shrunk for smooth edges."""
    scale = 2
    image = Image.new("RGB", (WIDTH * scale, HEIGHT * scale))
    draw = ImageDraw.Draw(image)
    for y in range(HEIGHT * scale):
        shade = y / (HEIGHT * scale)
        draw.line([(0, y), (WIDTH * scale, y)], fill=(int(58 - 20 * shade), int(74 - 24 * shade), int(69 - 22 * shade)))
    sway = math.sin(2 * math.pi * t) * 14
    nod = math.sin(6 * math.pi * t) * 3
    x, y = WIDTH * scale / 2 + sway, HEIGHT * scale * 0.42 + nod
    draw.ellipse([x - 175, y + 110, x + 175, y + 520], fill=shirt)
    draw.ellipse([x - 78, y - 88, x + 78, y + 92], fill=skin)
    mouth = abs(math.sin(22 * math.pi * t)) * 14 + 3
    draw.ellipse([x - 22, y + 38 - mouth / 2, x + 22, y + 38 + mouth / 2], fill=(120, 80, 74))
    for side in (-1, 1):
        draw.ellipse([x + side * 30 - 6, y - 20, x + side * 30 + 6, y - 8], fill=(40, 44, 42))
    return image.resize((WIDTH, HEIGHT), Image.LANCZOS)


for name, (shirt, skin, words) in PEOPLE.items():
    with tempfile.TemporaryDirectory() as folder:
        count = FPS * SECONDS
        for n in range(count):
            frame(shirt, skin, n / count).save(f"{folder}/{n:04}.png")
        # A keyframe every second: who joins in the middle waits no longer than that.
        subprocess.run(
            ["ffmpeg", "-loglevel", "error", "-y", "-framerate", str(FPS), "-i", f"{folder}/%04d.png", "-c:v", "libvpx",
             "-b:v", "120k", "-g", str(FPS), "-keyint_min", str(FPS), "-deadline", "best", "-auto-alt-ref", "0",
             "-error-resilient", "1", str(here / f"{name}.ivf")], check=True)
        subprocess.run(["espeak-ng", "-v", "cmn", "-s", "150", "-w", f"{folder}/speech.wav", words], check=True)
        subprocess.run(
            ["ffmpeg", "-loglevel", "error", "-y", "-i", f"{folder}/speech.wav", "-af", "apad=pad_dur=2", "-ac", "1",
             "-ar", "48000", "-c:a", "libopus", "-b:a", "20k", "-vbr", "off", "-frame_duration", "20", "-map_metadata", "-1", "-page_duration", "20000",
             str(here / f"{name}.opus")], check=True)
        (here / f"{name}.levels").write_bytes(levels(str(here / f"{name}.opus")))
