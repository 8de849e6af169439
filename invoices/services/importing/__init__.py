"""Import of documents that were issued elsewhere: read, plan, link, write."""
