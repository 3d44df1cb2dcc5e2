"""Our own interface for partners: REST under ``/api/v1``, described by OpenAPI, refusing with problem+json."""
