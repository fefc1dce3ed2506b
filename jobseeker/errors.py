"""Every error this project raises on purpose, with its stable code. No handling belongs here.

JobseekerError
├── InputError            JS-IN-…    what a person or a caller sent cannot be taken
│   ├── TextTooLong       JS-IN-001
│   ├── EmptyText         JS-IN-002
│   ├── MalformedRequest  JS-IN-003
│   ├── TooManyMessages   JS-IN-004
│   ├── NotAcceptedHere   JS-IN-005    (wrong media type, wrong method, no such address)
│   └── UploadError          JS-UPL-…    a file that somebody sent cannot be read
│       ├── FileTooLarge         JS-UPL-001
│       ├── UnsupportedFile      JS-UPL-002
│       ├── EncryptedFile        JS-UPL-003
│       ├── ScannedFile          JS-UPL-004
│       ├── BrokenFile           JS-UPL-005
│       ├── FileTooComplex       JS-UPL-006   a limit of pages, time, memory or unpacked size
│       └── UploadWhilePerson    JS-UPL-007   a counsellor speaks, who would not see what was in the file
├── UnreadableFile        JS-IMP-001   a file of vacancies or courses that cannot be read as a whole: the detail says why
├── AccessError           JS-ACC-…
│   ├── UnknownConversation  JS-ACC-001   (also a wrong token: a stolen id must not learn that it exists)
│   ├── NotSignedIn          JS-ACC-002
│   ├── SignInFailed         JS-ACC-003
│   ├── TooManyAttempts      JS-ACC-004
│   ├── NotAllowed           JS-ACC-005
│   ├── NotVerified          JS-ACC-006   (a webhook that the platform has not signed)
│   ├── WrongCode            JS-ACC-007   a code of the second factor that is wrong or was used
│   ├── SignInExpired        JS-ACC-008   begun too long ago, or elsewhere: begin again
│   ├── IdentityRefused      JS-ACC-009   the other provider's answer is not accepted, or no account is theirs
│   ├── ProviderUnavailable  JS-ACC-010   the other provider does not answer as it should
│   ├── NoSuchAccount        JS-ACC-011
│   ├── PasswordRefused      JS-ACC-012   a new password that is too short, too long or the old one
│   └── FirstPassword        JS-ACC-013   the password the account was made with must be changed first
├── EncryptionError       JS-SEC-…    for who runs the service
│   ├── NoEncryptionKey      JS-SEC-001
│   └── SealBroken           JS-SEC-002   an encrypted value does not open with the keys that are set
├── BackupError           JS-BAK-…    for who runs the service
│   ├── BackupNotMade        JS-BAK-001   no backup was written: the detail says why
│   ├── BackupUnusable       JS-BAK-002   a file that is no whole backup, or of a newer release
│   └── RestoreRefused       JS-BAK-003   where it would go is not empty, or nobody said who was erased since
├── HandoffError          JS-HND-…
│   ├── CaseNotFound         JS-HND-001
│   ├── AlreadyClaimed       JS-HND-002
│   ├── NotOwner             JS-HND-003
│   ├── IllegalHandoff       JS-HND-004
│   └── CannedReplyNotFound  JS-HND-005
├── DialogueError         JS-DLG-…
│   ├── DialogueUnavailable  JS-DLG-001   the dialogue engine is down or failed: try again later
│   └── DialogueProtocol     JS-DLG-002   it answered something that is not our contract
├── MatchingError         JS-MAT-…
│   ├── UnusableProfile      JS-MAT-001   a profile that cannot be matched as it is: says what to change
│   ├── UnknownVacancy       JS-MAT-002   no open vacancy has this id
│   └── CannotRepeat         JS-MAT-003   a result cannot be run again: says what has changed since
├── UnclearCase           JS-BEN-001   values of a benefit case that cannot be used as they are: the detail says which
├── ReleaseError          JS-REL-…    for who runs the service
│   ├── NoSuchRelease        JS-REL-001
│   ├── SignatureMissing     JS-REL-002   ranking or escalation changes and nobody has signed: the detail says what
│   └── ReleaseBroken        JS-REL-003   its files are gone, are not what was kept, or it does not come up: the detail says what
├── FileError             JS-FIL-…
│   ├── UnknownFile          JS-FIL-001   no such link, or its time is over
│   └── FileNotMade          JS-FIL-002   a file could not be made; the person is told, staff finds the reason in the log
├── StoreUnavailable      JS-STO-001   the database does not answer: nothing was kept, try again
└── ContentError          JS-CNT-001   a file that people edit is wrong: names file and line
"""

from __future__ import annotations


class JobseekerError(Exception):
    """Base of all deliberate errors. `code` is stable and documented in docs/errors.md."""

    code = "JS-000"
    zh = "系統發生問題，請稍後再試。"
    en = "Something went wrong on our side. Please try again in a moment."

    def message(self, language: str) -> str:
        """The sentence for the reader. `language` is a variety code ("zh-Hant", "zh-Hans", "en")."""
        return self.en if language == "en" else self.zh


class InputError(JobseekerError):
    """What was sent cannot be taken as it is."""


class TextTooLong(InputError):
    code = "JS-IN-001"
    zh = "訊息太長了（最多4,000字）。請分成幾段傳送。"
    en = "The message is too long (at most 4,000 characters). Please send it in parts."


class EmptyText(InputError):
    code = "JS-IN-002"
    zh = "訊息是空的。請輸入文字。"
    en = "The message is empty. Please write something."


class MalformedRequest(InputError):
    """The request's form is wrong. `detail` says where, in English, for the developer who calls the API."""

    code = "JS-IN-003"
    zh = "請求格式不正確。"
    en = "The request is not well formed."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class TooManyMessages(InputError):
    """More messages than a person can write. `retry_after_seconds` says when to go on."""

    code = "JS-IN-004"
    zh = "訊息傳得太快了，請稍候再傳。"
    en = "Messages are coming too fast. Please wait a moment and send again."

    def __init__(self, retry_after_seconds: int = 1) -> None:
        super().__init__(f"retry after {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


class NotAcceptedHere(InputError):
    """The address, the method or the media type is not served."""

    code = "JS-IN-005"
    zh = "這個網址或格式無法使用。"
    en = "This address or format is not served here."


class UploadError(InputError):
    """A file that somebody sent cannot be read; the text says what they can do instead."""


class FileTooLarge(UploadError):
    code = "JS-UPL-001"
    zh = "檔案太大了（最多5 MB）。請傳較小的檔案，或直接把履歷的文字貼在對話裡。"
    en = "The file is too large (at most 5 MB). Please send a smaller one, or paste the text of your résumé into the chat."


class UnsupportedFile(UploadError):
    code = "JS-UPL-002"
    zh = "這種檔案我讀不了。請另存成 PDF 或 Word（.docx）再傳，或直接貼上文字。"
    en = "I cannot read this kind of file. Please save it as PDF or Word (.docx) and send it again, or paste the text."


class EncryptedFile(UploadError):
    code = "JS-UPL-003"
    zh = "這個檔案有密碼，我打不開。請先取消密碼再傳，或直接貼上文字。"
    en = "This file is protected by a password, so I cannot open it. Please remove the password and send it again, or paste the text."


class ScannedFile(UploadError):
    code = "JS-UPL-004"
    zh = "這個檔案裡只有圖片，沒有可以讀的文字。請傳文字檔，或直接打字告訴我。"
    en = "This file holds only pictures, no text that I can read. Please send a file with text, or just tell me in your own words."


class BrokenFile(UploadError):
    code = "JS-UPL-005"
    zh = "這個檔案損壞或不完整，我打不開。請重新儲存再傳，或直接貼上文字。"
    en = "This file is damaged or incomplete, so I cannot open it. Please save it again and send it, or paste the text."


class FileTooComplex(UploadError):
    code = "JS-UPL-006"
    zh = "這個檔案太長或太複雜，我讀不完。請傳30頁以內、比較簡單的檔案，或直接貼上文字。"
    en = (
        "This file is too long or too complex for me. Please send a simpler one of at most 30 pages, or paste the text."
    )


class UploadWhilePerson(UploadError):
    code = "JS-UPL-007"
    zh = "現在是輔導員在和您說話，他看不到檔案。請把重點打字告訴他，或等他離開後再上傳。"
    en = "A counsellor is speaking with you and would not see the file. Please write the main points, or upload it once they have left."


class UnreadableFile(JobseekerError):
    """A file of vacancies or courses cannot be read as a whole. `str()` says why and what to do, for who runs the import."""

    code = "JS-IMP-001"
    zh = "這個檔案讀不進來，請確認格式與編碼。"
    en = "This file cannot be read. Please check its format and encoding."


class AccessError(JobseekerError):
    """The caller may not do this."""


class UnknownConversation(AccessError):
    code = "JS-ACC-001"
    zh = "找不到這段對話，或憑證不符。請重新開始一段對話。"
    en = "This conversation does not exist or the token does not fit. Please start a new conversation."


class NotSignedIn(AccessError):
    code = "JS-ACC-002"
    zh = "請先登入。"
    en = "Please sign in."


class SignInFailed(AccessError):
    code = "JS-ACC-003"
    zh = "帳號或密碼不正確。"
    en = "The user name or the password is wrong."


class TooManyAttempts(AccessError):
    code = "JS-ACC-004"
    zh = "嘗試次數太多，請稍後再試。"
    en = "Too many attempts. Please wait and try again."

    def __init__(self, retry_after_seconds: int = 60) -> None:
        super().__init__(f"retry after {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


class NotAllowed(AccessError):
    code = "JS-ACC-005"
    zh = "您的帳號沒有這項權限。"
    en = "Your account may not do this."


class NotVerified(AccessError):
    """A request to a webhook does not prove that it comes from the platform. Nothing of it is kept."""

    code = "JS-ACC-006"
    zh = "無法確認這個請求來自該平台。"
    en = "This request does not prove that it comes from the platform."


class WrongCode(AccessError):
    code = "JS-ACC-007"
    zh = "驗證碼不正確，或已經用過。請等手機上換新的號碼再輸入。"
    en = "The code is wrong or was already used. Please wait for the next one and enter that."


class SignInExpired(AccessError):
    code = "JS-ACC-008"
    zh = "登入沒有在時間內完成，請重新登入。"
    en = "Signing in was not finished in time. Please start again."


class IdentityRefused(AccessError):
    """The provider's answer does not count here. `detail` says why, for the log; whoever tries learns only that it failed."""

    code = "JS-ACC-009"
    zh = "這個身分無法在這裡登入。請用帳號密碼登入，或請主管確認您的帳號已連結。"
    en = "This identity cannot sign in here. Use your user name and password, or ask a supervisor whether your account is connected."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class ProviderUnavailable(AccessError):
    """The sign-in provider is away or answers something that is not its protocol. `detail`: what, for the log."""

    code = "JS-ACC-010"
    zh = "目前連不上另一個登入服務，請改用帳號密碼登入，或稍後再試。"
    en = "The other sign-in service cannot be reached at the moment. Use your user name and password, or try again later."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class NoSuchAccount(AccessError):
    code = "JS-ACC-011"
    zh = "找不到這個帳號。"
    en = "There is no such account."


class PasswordRefused(AccessError):
    """A new password is not taken; the numbers are those of jobseeker/usecases/create_account.py."""

    code = "JS-ACC-012"
    zh = "新密碼要有 12 到 256 個字元，而且不能和現在的密碼相同。"
    en = "A new password needs 12 to 256 characters and must differ from the present one."


class FirstPassword(AccessError):
    code = "JS-ACC-013"
    zh = "請先變更第一次登入用的密碼，才能使用主控台。"
    en = "Please change the password you were given before you use the console."


class EncryptionError(JobseekerError):
    """Something cannot be encrypted or read again."""


class NoEncryptionKey(EncryptionError):
    code = "JS-SEC-001"
    zh = "這個服務還沒有加密金鑰，請管理員設定 JOBSEEKER_ENCRYPTION_KEYS（jobseeker keys new 會產生一把）。"
    en = "This service has no encryption key yet. Its administrator sets JOBSEEKER_ENCRYPTION_KEYS (jobseeker keys new makes one)."


class SealBroken(EncryptionError):
    """`str()` is the purpose of the value."""

    code = "JS-SEC-002"
    zh = "加密的資料打不開，請管理員檢查 JOBSEEKER_ENCRYPTION_KEYS 是否少了舊的金鑰。"
    en = "An encrypted value cannot be opened. Its administrator checks whether an old key is missing in JOBSEEKER_ENCRYPTION_KEYS."


class BackupError(JobseekerError):
    """No backup is made or restored. `str()` says why, and what to do."""


class BackupNotMade(BackupError):
    code = "JS-BAK-001"
    zh = "備份沒有做成。"
    en = "No backup was made."


class BackupUnusable(BackupError):
    code = "JS-BAK-002"
    zh = "這個備份檔不能用，什麼都沒有還原。"
    en = "This backup cannot be used. Nothing was restored."


class RestoreRefused(BackupError):
    code = "JS-BAK-003"
    zh = "沒有還原，原有的資料都沒有更動。"
    en = "Not restored. What was there is unchanged."


class HandoffError(JobseekerError):
    """A step of the hand-off is not possible from here."""


class CaseNotFound(HandoffError):
    code = "JS-HND-001"
    zh = "找不到這個案件。"
    en = "This case does not exist."


class AlreadyClaimed(HandoffError):
    code = "JS-HND-002"
    zh = "這個案件剛被其他輔導員接走了。"
    en = "Another counsellor has just taken this case."


class NotOwner(HandoffError):
    code = "JS-HND-003"
    zh = "這個案件目前不在您手上。"
    en = "This case is not yours at the moment."


class IllegalHandoff(HandoffError):
    """The hand-off's transition table has no such step from the present owner."""

    code = "JS-HND-004"
    zh = "目前的狀態不能這樣做。"
    en = "This is not possible in the present state."


class CannedReplyNotFound(HandoffError):
    code = "JS-HND-005"
    zh = "找不到這則常用回覆，可能剛被移除。"
    en = "This canned reply does not exist; it may just have been removed."


class DialogueError(JobseekerError):
    """The dialogue engine did not answer as it should."""


class DialogueUnavailable(DialogueError):
    code = "JS-DLG-001"


class DialogueProtocol(DialogueError):
    code = "JS-DLG-002"


class MatchingError(JobseekerError):
    """Something that matching was asked for cannot be done. `detail`: what exactly, in English, for logs and the command line."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class UnusableProfile(MatchingError):
    code = "JS-MAT-001"
    zh = "這份個人資料無法用來找工作，請檢查內容後再試一次。"
    en = "This profile cannot be used to find jobs. Please check it and try again."


class UnknownVacancy(MatchingError):
    code = "JS-MAT-002"
    zh = "找不到這個職缺，可能已經下架。請重新搜尋。"
    en = "This job was not found; it may have been taken down. Please search again."


class CannotRepeat(MatchingError):
    code = "JS-MAT-003"
    zh = "這次的結果無法原樣重算，因為資料已經改變。"
    en = "This result cannot be worked out again as it was, because the data has changed since."


class UnclearCase(JobseekerError):
    """Values of somebody's benefit case are doubtful and were not used. `detail`: field, value and problem, one a line."""

    code = "JS-BEN-001"
    zh = "有些資料看不清楚或不合理，所以沒有計算。請更正後再試一次。"
    en = "Some values are unclear or cannot be right, so nothing was worked out. Please correct them and try again."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class ReleaseError(JobseekerError):
    """A release cannot be served. `detail`: what exactly and what to do, in English, for the command line and logs."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class NoSuchRelease(ReleaseError):
    code = "JS-REL-001"
    zh = "找不到這個版本。"
    en = "There is no such release."


class SignatureMissing(ReleaseError):
    code = "JS-REL-002"
    zh = "這個版本改了排序或轉介規則，需要勞工代表先簽署。"
    en = "This release changes ranking or escalation; a worker representative has to sign it first."


class ReleaseBroken(ReleaseError):
    code = "JS-REL-003"
    zh = "這個版本的檔案不完整，無法使用。"
    en = "The files of this release are not complete; it cannot be used."


class FileError(JobseekerError):
    """A file cannot be given or made."""


class UnknownFile(FileError):
    code = "JS-FIL-001"
    zh = "找不到這個檔案，或連結已經過期。請在對話中再做一次。"
    en = "There is no such file, or its link has expired. Please have it made again in the conversation."


class FileNotMade(FileError):
    code = "JS-FIL-002"
    zh = "檔案做不出來，請稍後再試。"
    en = "The file could not be made. Please try again later."


class StoreUnavailable(JobseekerError):
    """The database does not answer. What was asked for has not happened and may be asked for again."""

    code = "JS-STO-001"
    zh = "系統暫時無法存取資料，訊息沒有送出，請稍後再試。"
    en = "The service cannot reach its data at the moment. Nothing was sent; please try again shortly."
    retry_after_seconds = 5


class ContentError(JobseekerError):
    """A content file is wrong. `str()` gives `file:line: what is wrong and what to write instead`."""

    code = "JS-CNT-001"

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")
        self.file, self.line, self.problem = file, line, problem
