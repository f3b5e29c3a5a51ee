"""Banks and providers: bytes in, domain values out.

Adapters see payments.domain and payments.ports only.
"""
