"""Validates the one signature of a PDF with pyHanko against one trusted certificate (DER) and prints one line."""

import sys

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext


def main(pdf: str, anchor: str) -> None:
    with open(anchor, "rb") as f:
        root = x509.Certificate.load(f.read())
    with open(pdf, "rb") as f:
        signatures = PdfFileReader(f).embedded_signatures
        assert len(signatures) == 1, f"{len(signatures)} signatures"
        status = validate_pdf_signature(
            signatures[0], ValidationContext(trust_roots=[root], allow_fetching=False)
        )
        print(
            f"intact={status.intact} valid={status.valid} trusted={status.trusted} "
            f"coverage={status.coverage.name} bottom_line={status.bottom_line}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
