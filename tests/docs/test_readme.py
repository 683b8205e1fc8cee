"""The programs in README.md work when pasted."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def block(language, containing):
    blocks = re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    found = [text for text in blocks if containing in text]
    assert len(found) == 1
    return found[0]


def run(command, **options):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_c_program_compiles_without_warning_and_finds_no_face_in_black(tmp_path):
    source, program = tmp_path / "first.c", tmp_path / "first"
    source.write_text(block("c", "int main"))
    line = block("sh", "-lprivid").strip()
    assert line.endswith("-o build/first && build/first")
    line = line.replace("cc build/first.c", f"cc -Wall -Wextra -Werror '{source}'")
    line = line.replace("-o build/first && build/first", f"-o '{program}' && '{program}'")
    printed = run(["sh", "-c", line])
    assert re.search(r"operation [1-9]\d*: \{.*\"return_status\": ?0", printed), printed
    assert "bounding_box" not in printed


def test_the_python_program_says_that_it_is_the_same_person():
    printed = run([sys.executable, "-c", block("python", "Session")])
    assert "same person: True" in printed


def test_the_commands_run_and_say_what_is_seen():
    lines = block("sh", "privid portrait").splitlines()
    printed = run(["sh", "-ec", "\n".join(lines)])
    assert re.search(r"liveness +live", printed) and "confidence" in printed, printed
    for name in ("seen.png", "portrait.jpg"):
        assert (ROOT / "build" / name).stat().st_size > 10_000


def test_every_file_that_the_pages_link_to_is_there():
    pages = [ROOT / name for name in ("README.md", "CONTRIBUTING.md")]
    pages += sorted((ROOT / "docs").glob("*.md"))
    for page in pages:
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            assert "://" in link or (page.parent / link).exists(), f"{page.name}: {link}"


def test_help_lists_every_target_that_is_documented():
    listed = set(re.findall(r"^  ([a-z]+) ", run(["make", "help"]), re.M))
    assert {"setup", "build", "demo", "test", "asan", "tsan", "fuzz", "bench", "format", "lint",
            "coverage", "generate", "docs", "clean", "install"} <= listed
