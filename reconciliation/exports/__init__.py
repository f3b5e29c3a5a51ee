"""What leaves the house: the report as a workbook, as CSV and JSON, and as a drawing."""
