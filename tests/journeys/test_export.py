"""A ticket as a ZIP file: readable without the gateway, with the mails as they came."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.journeys.desk import Desk, fresh, letter


def test_an_exported_ticket_holds_its_text_and_its_original_mail(
    desk: Desk, tmp_path: Path
) -> None:
    maria = fresh()
    mail = letter(maria, "info@truhe.example", "Mein alter Laptop", "Guten Tag, mögen Sie ihn?")
    desk.send(mail)
    number = desk.only_ticket(maria).ticket.number
    file = tmp_path / "out.zip"
    command = [sys.executable, "-m", "gateway", "ticket", "export", str(file), f"#{number}"]
    subprocess.run([*command, "--config", str(desk.config)], check=True, timeout=60)
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist()[:3] == [
            f"{number}/ticket.json",
            f"{number}/ticket.txt",
            f"{number}/0001-message.eml",
        ]
        ticket = json.loads(archive.read(f"{number}/ticket.json"))
        assert ticket["thread"][0]["text"].startswith("Guten Tag, mögen Sie ihn?")
        assert "Mein alter Laptop" in archive.read(f"{number}/ticket.txt").decode()
        assert mail["Message-ID"].encode() in archive.read(f"{number}/0001-message.eml")
