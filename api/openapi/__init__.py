"""The OpenAPI 3.1 description, made from the tables that the code itself uses."""
