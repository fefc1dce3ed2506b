"""The counsellors' HTTP interface (/console/api). Its pages are built in web/; what may be done is decided by jobseeker/usecases."""
