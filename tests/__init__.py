"""The tests mirror the packages; every test says the rule that it keeps."""
