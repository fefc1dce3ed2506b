// Words of the page of one's own account, in Traditional Chinese and English; part of strings.ts.

export const accountHant = {
  pageAccount: "我的帳號",
  accountOf: "{name}：我的帳號、變更密碼",
  passwordHint: "新密碼至少 12 個字元，可以是一句話，不必混用符號。請不要用在別的地方用過的密碼。變更後，這個帳號在其他裝置或瀏覽器的登入都會結束，這裡繼續。",
  passwordNow: "目前的密碼",
  passwordNew: "新密碼",
  passwordAgain: "再輸入一次新密碼",
  passwordShow: "顯示密碼",
  passwordGo: "變更密碼",
  passwordChanged: "密碼已變更。其他 {count} 個登入已經結束，這裡的登入繼續。下次登入請用新密碼。",
  passwordChangedAlone: "密碼已變更。除了這裡，沒有其他登入。下次登入請用新密碼。",
  passwordNowWrong: "目前的密碼不正確。密碼沒有變更。輸入錯誤太多次，帳號會暫時鎖住。",
  passwordLength: "新密碼要有 12 到 256 個字元。",
  passwordSame: "新密碼和目前的密碼相同，請換一個。",
  passwordsDiffer: "兩次輸入的新密碼不一樣，請再輸入一次。",
} as const;

export const accountEn: Record<keyof typeof accountHant, string> = {
  pageAccount: "My account",
  accountOf: "{name}: my account, change password",
  passwordHint: "A new password has at least 12 characters; a sentence is fine and no symbols are needed. Please use none that you use elsewhere. The change ends the sign-ins of this account on other devices and browsers; this one goes on.",
  passwordNow: "Present password",
  passwordNew: "New password",
  passwordAgain: "New password once more",
  passwordShow: "Show the passwords",
  passwordGo: "Change password",
  passwordChanged: "Your password is changed. Other sign-ins that were ended: {count}. This one goes on. Use the new password next time.",
  passwordChangedAlone: "Your password is changed. There were no sign-ins besides this one. Use the new password next time.",
  passwordNowWrong: "The present password is wrong. Nothing was changed. After too many wrong ones the account is locked for a while.",
  passwordLength: "A new password needs 12 to 256 characters.",
  passwordSame: "The new password is the present one. Please choose another.",
  passwordsDiffer: "The two new passwords differ. Please enter the new one again.",
};
