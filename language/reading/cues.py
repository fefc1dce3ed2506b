"""Words that say how a mention is meant - held, wanted, negated, hedged, asked for, another person's - as tables. What follows from them is walking.py and judging.py.

Chinese is written here in Traditional characters and folded when loaded. Longest match wins, so 「不是不會」 beats 「不會」; a longer word that
only looks like a cue (「機會」) is listed as NOTHING. One row, one kind; the order within a row means nothing.
"""

from __future__ import annotations

NEG, AVOID, WANT, HELD, DOUBLE, HEDGE, FORGOT = "neg", "avoid", "want", "held", "double", "hedge", "forgot"
ADJACENT, CONTRAST, FIRST, OTHER, ASK, REQUIRE, OPTIONAL = (
    "adjacent",
    "contrast",
    "first",
    "other",
    "ask",
    "require",
    "optional",
)
EXCEPT, BEYOND, ALL, ALSO, NOW, BEFORE, IF, COURSE = "except", "beyond", "all", "also", "now", "before", "if", "course"
LOST, THAN, BUSY = "lost", "than", "busy"
EMPLOYER, RESUME, SAME, NOTHING, LIVE, SEEK = "employer", "resume", "same", "nothing", "live", "seek"

CHINESE: dict[str, str] = {
    BUSY: "要顧 要帶 要照顧 要陪 要接 要接送 要上課 要去上課 要去學校 有事 要休息 要回家",
    LOST: "弄丟 掉了 遺失",
    NEG: """不會 hold不住 罩不住 應付不來 做不好 弄不好 搞不定 沒那個膽 沒膽 放棄 放棄了 爛到爆 爛爆 超爛 超破 很破 破破的 完全不行 沒轍 沒門 沒考過試 不到家 一塌糊塗 慘不忍睹 一個字都不會 一句也不會 一個也不會 沒辦法做 不太敢 沒 不在行 沒摸過 沒試過 從沒試過 沒有試過 碰都沒碰過 半點都不會 不大會 不太會 不怎麼會 都不會 完全不會 不懂 不太懂 不熟 不太熟 不熟悉 不怎麼熟 沒學過 沒用過 沒碰過 沒做過 沒當過 沒考過 沒考到 沒考上
        沒拿到 沒接觸過 沒有接觸過 沒有學過 沒有用過 沒有碰過 沒有做過 沒有考過 沒有 沒什麼 從沒 從來沒 從來沒有 從未 未曾 不曾 不擅長 不拿手
        不行 不太行 不能 無法 沒辦法 無 毫無 零經驗 零基礎 沒經驗 沒有經驗 外行 一竅不通 看不懂 聽不懂 不會講 不會說 不會寫 不會看 不會用 不會做
        不會開 還沒 還不會 還沒有 尚未 不用 不必 不需 不需要 無須 無需 免 不是 並非 不具 不具備 缺乏 欠缺 不好 不太好 很差 很爛 不夠好 不靈光 不通
        不敢 沒在 沒有在 不再 沒那麼會 學不會 學不起來 做不來 弄不來 搞不懂 不曉得怎麼 不知道怎麼 門外漢 是零 也不會 考不過 沒過 不及格 吊銷 過期
        零概念 沒概念 沒有概念 沒有半張 沒半張 不太拿手 不太擅長 沒sense 沒天份 沒天分 沒有天份 沒有天分 沒慧根 投降 舉白旗""",
    AVOID: """不想 不想要 不想再 不要 不願 不願意 不喜歡 不愛 不考慮 不接受 討厭 怕 害怕 很怕 拒絕 排斥 避免 不碰 不做 不上 再也不 不打算 不適合
        別叫我 不要叫我 別找我 不要找我 別派我 別讓我 不要讓我 別要我 不要要我 別安排 不要安排 別給我 不要給我 千萬別 千萬不要 不必找我 別再叫我 別再找我 別再 敬謝不敏 不了 免談 做怕了 做膩了 不輪 不值 不配合 無法配合 不能配合 沒辦法配合 不方便 受不了 熬不住 吃不消 扛不住 撐不住 別問我 不要問我 就算了 算了吧 就免了 不接了 都不接 敬而遠之 不適合我 跟我不合 沒興趣 沒有興趣 不感興趣""",
    WANT: """想 在練 練習中 正在練 在練習 正在上 在上 去上 正在考 正在讀 在讀 想要 想學 要學 想學會 想去 想做 想當 想考 想拿 想轉 想轉行 想換 想從事 希望 希望能 打算 準備考 準備學 準備要 準備去 計畫 計劃
        考慮 有興趣 感興趣 很有興趣 嚮往 期待 有意 有意願 有心 願意學 肯學 正在學 在學 開始學 剛開始學 報名 報考 正在準備 夢想 目標 進修 想試 想試試
        想多學 多學 學一下 想補 想加強 加強 補強 需要學 必須學 得學 很想 一直想 想參加 好想 超想 渴望 立志 要我學 要我去學 叫我學 叫我去學 建議我學 推薦我學 要我考 叫我考 叫我去考 建議我考 學習中 自學中 自學當中 還在自學 應考中 準備中 想進 轉行做 轉職做""",
    SEEK: """找 想找 在找 正在找 尋找 找找 找個 應徵 徵求 求職 轉行 轉職 有沒有 推薦 哪裡有 介紹""",
    HELD: """會 也會 都會 懂 懂得 熟 很熟 熟悉 熟練 擅長 很會 拿手 精通 專長 用過 做過 學過 當過 待過 顧過 開過 考過 考到 拿到 有考到 有拿到 持有 領有 具備 具有 能
        可以 有能力 流利 很好 不錯 沒問題 ok 上手 很順 很強 很行 有 負責 擔任 任職 有學過 有做過 有用過 有開過 有經驗 經驗 受過 取得 通過 曾 曾經 有在
        也做 也有做 都有做 有在做 也會做 也做過 都做過 也學過 也用過 也行 都行 沒有問題 不成問題 難不倒我 還不錯 是強項 強項 學會 學會了 會了 還有 有了 考上 主要做 教過 一手 懂一些""",
    DOUBLE: """沒在怕 不怕 難不倒 不是不會 不是不懂 不是沒有 不是沒 並不是不會 又不是不會 不會不 不可能不會 沒有不會 不能說不會 不是沒學過 不是沒做過 不是沒用過 不只 不僅 不但
        不光 不止 不只是 不僅會 不只會 不僅僅 何止 不得不 無不 誰說我不會 誰說我沒有 哪有不會""",
    HEDGE: """一點 一點點 一些 一些些 些許 略 略懂 略會 略通 稍微 大概 應該 應該可以 應該會 可能 可能會 好像 勉強 還可以 還行 普普 普通 馬馬虎虎 馬虎 有點 碰過
        摸過 皮毛 基本 基礎 簡單 半桶水 三腳貓 一咪咪 少許 不精 不太流利 不算好 不算厲害 不算熟 不算精 生疏 生鏽 很久沒 好久沒 會一點 會一些 懂一點 會一點點
        會簡單 會基本 粗淺 入門 初級 還好 不是很熟 不是很好 不是很會 沒有很熟 沒有很會 沒很熟 沒很會 沒有到很 沒有到精通 不到精通 勉強可以 或許 也許 差不多 算會 算是會 不敢說
        不敢說很 不是很流利 不太專業 不專業 學過一點 玩過 堪用 尚可 半生不熟 似乎""",
    FORGOT: "忘了 忘記 忘光 忘記了 忘光了 都忘了 全忘了 早忘了 還給老師 已經忘 忘得差不多 不會了 過期了 被吊銷 被吊扣 失效",
    ADJACENT: "不 非 勿 別",
    CONTRAST: """但 但是 可是 不過 只是 卻 反而 反倒 而是 然而 倒是 至於 只有 只會 只懂 其他 其它 其餘""",
    FIRST: "我 我們 咱 本人 自己 小弟 小妹 在下",
    OTHER: """太太 先生 老公 老婆 兒子 女兒 媽媽 爸爸 我媽 我爸 媽 爸 媽咪 老爸 老媽 爺爺 奶奶 阿嬤 阿公 哥哥 姊姊 姐姐 弟弟 妹妹 我哥 我姊 我弟 我妹 朋友 同事 同學
        老闆 老板 主管 經理 客戶 客人 鄰居 他 她 他們 她們 別人 人家 室友 男友 女友 男朋友 女朋友 小孩 孩子 家人 親戚 表哥 表姊 表弟 堂哥 伴侶 另一半 老師 師傅
        阿姨 叔叔 姑姑 舅舅 嫂嫂 媳婦 女婿 店長 隊友 學長 學姊 婆婆 公公 岳母 外勞 看護""",
    ASK: """嗎 呢 ? 是否 要不要 需不需要 會不會 有沒有人 請問 想問 想請問 想知道 想了解 問一下 是什麼 什麼是 怎麼 怎樣 如何 哪裡 哪邊 多少 難不難 好不好 可不可以 能不能
        可以嗎 好嗎 難嗎 麼""",
    REQUIRE: """需要 需要會 需 需會 須 須會 需具 須具 需有 須有 要求 必備 必須 必須會 必須有 一定要 一定要會 要會 要有 得會 得有 要懂 要能 條件 規定要 規定 限 至少要 應具備 需具備 須具備
        具備以下 職缺寫 廣告寫 廣告上寫 上面寫 徵才寫 公告寫""",
    OPTIONAL: "尤佳 佳 為佳 優先 者佳 者優先 加分 更佳 更好 尤好 可議優 優先錄取 優先考慮 優先面試 優先聘用",
    EXCEPT: "除了 除 扣掉 撇開",
    BEYOND: "以外 之外 外",
    ALL: "都 全 全部 什麼都 其他都 樣樣 每樣",
    ALSO: "也 還 亦 另外 並",
    NOW: "現在 如今 目前 後來 最近 近來 已經 已",
    BEFORE: "以前 之前 從前 過去 當初 一開始 原本 本來 早年",
    IF: "如果 要是 假如 若 若是 的話 假設 萬一",
    COURSE: "課 課程 班 的課 訓練班 培訓 職訓 補習班 證照班 訓練 培訓班",
    EMPLOYER: """誠徵 徵才 急徵 徵 職務內容 工作內容 工作職責 職責 應徵條件 條件要求 職務條件 應徵資格 資格條件 工作待遇 薪資待遇 薪資面議 待遇面議 工作地點
        上班地點 上班時間 工作時間 休假制度 福利制度 歡迎加入 歡迎應徵 免經驗可 無經驗可 本公司 我們正在尋找 職缺名稱 需求人數 招聘 岗位职责 任职要求 招募 聘 公司福利 薪資範圍
        加入我們 無經驗可培訓 應徵方式""",
    RESUME: "自傳 學歷 工作經歷 工作經驗： 工作經驗: 求職意願 期望待遇 個人資料 履歷 專業技能 語言能力 自我介紹 工作经历",
    SAME: "也是 也一樣 一樣 也同樣 同上 亦同",
    LIVE: "住 住在 住在家 家在 家住 我家 戶籍 現居 居住 居住地 老家 搬到 租在 在地 人在 通訊地址 地址",
    NOTHING: """在上班 正在上班 在上海 在上面 在讀書 機會 社會 會議 開會 工會 協會 委員會 會員 約會 聚會 聯會 誤會 會館 會所 會場 都會區 體會 會考 教會 商會 年會 晚會 宴會 展覽會 說明會 博覽會 會客 理會 會心 一會兒 等一會
        待會 等會 不會吧 會不會覺得 思想 想法 理想 感想 想像 幻想 想必 想不到 沒想到 想念 聯想 想想 聯絡 免費 免稅 難免 以免 有關 有時 有時候 有空 有人 所有 只要有 有效 擁有
        有限公司 有限 沒關係 沒事 沒錯 沒差 沒錢 沒工作 沒有工作 沒飯吃 無所謂 無障礙 無塵 無線 無菌 無人機 無紙化 無酒精 無縫 無毒 沒人 沒時間 不同 不錯過 不只一 不久 不斷 不動產
        不鏽鋼 不銹鋼 不好意思 不客氣 不一樣 不管 不論 不一定 不一會 要不 不然 不限 不足 不良 不停 不少 不得已 不在乎 不見得 不少人 不到 不計 非常 非營利 非洲 是非 非得 特別 別墅
        性別 分別 別的 級別 類別 區別 其他人 其他工作 但願 佳績 最佳 佳里 佳冬 外場 外送 外勤 外語 外國 外籍 海外 外出 戶外 國外 外包 外銷 外埔 室外 外匯 外商 外務 外貿 外燴
        外科 外觀 外套 外帶 意外 此外 全職 全聯 全民 全勤 全台 全新 安全 全英 完全 全家 全國 全日 全能 健全 全盤 全程 首都 成都 京都 都市 都蘭 還錢 還款 並且 若干 班表 早班
        晚班 夜班 日班 輪班 加班 上班 下班 值班 班長 大夜班 小夜班 中班 排班 班機 航班 班次 班導 跟班 領班 班底 兩班 三班 課長 課員 在職 實在 存在 正在 內在 在乎 在意 在家 在校
        自在 就是 於是 還是 不是嗎 是的 總是 都是 尤其是 像是 或是 才是 限制 期限 權限 無限 限時 最低限 條件好 條件差 必須品 需求 需知 按需 急需 需要幫忙 需要幫助 需要人 需要錢
        需要工作 媽祖 爸媽 先生您 老師傅 他人 吉他 他國 特長 好的 要的 外面 外掛 外殼 簡單來說 基本上 基本工資 基本薪資 基本薪 基礎建設 勉強夠 普通高中 普通小型 普通重型 普通駕照
        普通大貨 一般普通 大概要 可能要 應該要 希望工程 有機 有氧 會長 熟食 熟客 成熟 熟成 熟人 半熟 煮熟 可以早 可能的話 能力 功能 技能 能源 職能 節能 太陽能 產能 性能 不能不 能量
        才能 體能 可能性 智能 效能 能夠 賦能 通過來 經過 通過率 經驗值 求職信 推薦信 介紹所 介紹信 介紹費 找錢 找零 找不到 找到 免洗 免稅店 很好奇 好像是 不好找 不好做 不好意
        住院 住宅 住宿 租屋 長住 住戶 入住 住家 在職進修 訓練中心 計畫書 計劃書 專案計畫 目標達成 業績目標 期待您 加強版 準備食材 報名費 報名表 考慮中 怕生 恐怕 怕熱 不怕苦
        不怕累 不怕髒 怕吵 不怕吃苦 想請教 想上班 想工作 想賺錢 想多賺 幫我翻 幫我看 幫我填 可以幫我 找工作 找頭路 有工作 沒有收入 有點累""",
}

ENGLISH: dict[str, str] = {
    BUSY: "have to look after|need to look after|must look after|have to take care|need to take care|have to pick up|have class|have classes|have school|am busy|i'm busy|not available|unavailable",
    LOST: "lost my|lost the|lost",
    THAN: "than|rather than|instead of",
    NEG: """no|not know|not know how|no idea|am not know|not can|no can|no good|hardly any|barely any|not|not a|don't know how to|do not know how to|dont know how to|didn't know how to|don't know the first thing about|non-existent|nonexistent|is zero|haven't a clue about|have never|can't do|cannot do|don't have any|do not have any|don't have|do not have|don't|dont|do not|doesn't|does not|didn't|did not|never|never used|never learned|never learnt|never done|cannot|can't|cant|can not|couldn't|could not|without|
        haven't|have not|hasn't|havent|won't|isn't|is not|isnt|aren't|wasn't|neither|nor|lack|lacking|no experience|no experience with|no experience in|not familiar with|unfamiliar with|
        unable to|bad at|terrible at|useless at|hopeless at|no good at|not good at|poor at|know nothing about|no idea about|no idea how|zero|zero experience|none|i've no|have no|has no|had no|
        clueless about|no clue about|no knowledge of|not able to|not much of a|nothing about|yet to|failed|expired|not very good|not so good|not great|not good|not fluent|no longer|anymore|any more|
        not qualified|not licensed|not certified|not trained|a stranger to|new to|nope|never touch|never touched|is expire|not yet|weak in|weak at|struggle with|weak|poor|aint|ain't|minus""",
    AVOID: """don't want|do not want|don't want to|dont want|dont want to|do not want to|don't like|dont like|do not like|hate|rather not|would rather not|not interested in|no interest in|not interested|avoid|sick of|tired of|refuse|refuse to|
        wouldn't want|would not want|don't wish|not looking for|not keen on|no more|please no|enough of|anything but|scared of|afraid of|not willing to|not willing|done with|don't do|fed up with|forget it|not for me|count me out|not my thing|not my cup of tea|can't stand|won't touch|no thanks|leave me out of""",
    WANT: """want to|want|would rather|i'd rather|id rather|prefer|would prefer|would be glad to|i'd be glad to|glad to learn|glad to train|take up|taking up|train for|wanna|would like to|would like|i'd like to|i'd like|id like to|hope to|hoping to|hope|wish|wish to|wishing|i wish i could|interested in|keen to|keen on|eager to learn|looking to|looking to learn|plan to|planning to|plan on|learning|
        learn|to learn|learn how to|thinking of|thinking about|dream of|dreaming of|aim to|aiming to|considering|curious about|want to learn|would love to|love to learn|i'd love to|
        going to learn|get into|getting into|signed up for|enrolled in|taking a course in|taking a class in|studying for|study for|preparing for|ready to learn|willing to learn|happy to learn|open to learning|
        start learning|started learning|currently learning|currently studying|in training for|need to learn|should learn|pick up|improve my|improve|brush up on|brush up|train as|train to be|become|becoming|retrain as|
        to get my|to get a|get my|get a|apply for|applying for|move into|switch to|switch into|change to|training in|teach me|course on|course in|class in|classes in|lessons in|trying to learn|trying to get""",
    SEEK: """looking for|searching for|seeking|find|finding|after a job|job as|work as|any jobs|any job|jobs for|job in|jobs in|position as|openings for|recommend""",
    HELD: """can|could|i know|know|know how to|knows how to|knew how to|i know how to|know my way around|have|had|have got|got|did|used|able to|good at|great at|skilled in|skilled at|experienced|experience|experience with|experience in|fluent|fluent in|fluently|worked|familiar with|expert|expert in|certified|
        proficient|proficient in|comfortable with|hold|holds|am|was|well|fine|no problem|qualified|trained|years|yes|managed|responsible for|i do|completed|passed|obtained|native|mother tongue|excellent|strong|now i can|
        i can|i have|handled|ok|okay|is fine|is good|but i can|learned|learnt|picked up|self-taught|self taught""",
    DOUBLE: """not only|not just|not that i can't|it's not that i can't|not as if i can't|no problem with|no trouble with|no difficulty with|never had a problem with|never had problems with|not bad at|not unfamiliar with|not without|not a stranger to|no stranger to|
        can't say i don't|can't say i can't|not afraid of|not unable to|wouldn't say i can't|wouldn't say i don't|don't mind|do not mind|isn't a problem|is not a problem|not a problem|not bad|no issue with|no issues with|can't live without|can't wait to use|cannot do without|
        nothing i can't|never without|it isn't true that i can't|never stopped|not new to|dont mind""",
    HEDGE: """a little|barely touched|hardly touched|only little|only a little|little|a little bit|a little bit of|a bit|a bit of|some|kind of|kinda|sort of|sorta|basic|basics|basics of|the basics of|roughly|rusty|probably|maybe|i think|i guess|i think i can|i guess i can|should be able to|somewhat|beginner|a few words|few words|limited|passable|so-so|so so|dabbled|dabbled in|
        not an expert|no expert|not an expert in|not really fluent|not completely|elementary|get by|get by in|might be able to|might|could probably|can probably|perhaps|more or less|tried|intro|introductory|simple|not perfect|isn't perfect|is not perfect|
        not perfectly|a touch of|bits of|hardly an expert|halfway decent|decent enough|okay-ish|okayish|so so at|working on|played around with|played with""",
    FORGOT: "run out|forgot|forgotten|forgot it|forgot it all|forgot most|have forgotten|i've forgotten|lapsed|has expired|revoked|ran out|suspended",
    CONTRAST: """but|however|though|although|yet|whereas|while|only|instead|on the other hand|apart from that|otherwise|; just|aside from that|that said""",
    FIRST: "i|i'm|i've|i'd|im|ive|my|me|myself|we|i'll|mine",
    OTHER: """my wife|my husband|my son|my daughter|my mother|my father|my mom|my mum|my dad|my brother|my sister|my friend|my friends|my boss|my colleague|my colleagues|my coworker|my co-worker|my coworkers|my co-workers|my partner|my girlfriend|
        my boyfriend|my roommate|my neighbour|my neighbor|my teacher|my cousin|my uncle|my aunt|my kids|my children|my parents|my manager|he|she|they|everyone|everybody|people|someone|a friend|a friend of mine|the other guy|her|his|the customers|customers|
        my supervisor|other people|the others|my grandmother|my grandma|my grandfather|my grandpa|he's|she's|they're|my classmates|my team|my ex""",
    ASK: """?|do i need|do i have to|is it necessary|must i|should i|do you need|do they need|is it hard|how hard|how do i|how to|where can i|where do i|what is|what's|do you have|are there|is there|can i get|could i get|need i|would i need|does it require|is there any|what does""",
    REQUIRE: """require|requires|required|requirement|must have|must be|must know|need to have|need to know|you need|they need|they want|the ad says|ad says|the ad asks|asks for|ask for|asking for|the job needs|the job wants|job requires|job needs|
        we need|you must|mandatory|essential|needed|necessary|you'll need|you will need|they're looking for|they are looking for|demands|the posting says|the listing says|it says|needs|minimum|the company wants|applicants must""",
    OPTIONAL: "is a plus|a plus|preferred|nice to have|would be a plus|an advantage|advantageous|an asset|desirable|is a bonus|a bonus|preferably|beneficial|helpful|optional|welcome but not required|ideally|not essential",
    EXCEPT: "except for|except|apart from|other than|aside from|besides|everything but|in addition to",
    ALL: "everything|anything|all the rest|the rest|all of|anything else|all else",
    ALSO: "also|too|as well",
    NOW: "now|nowadays|these days|since then|eventually|later|then i|by now|already",
    BEFORE: "used to|before|in the past|at first|previously|once|formerly",
    IF: "if|unless|suppose|assuming|whether",
    EMPLOYER: """we are hiring|we're hiring|now hiring|hiring|we are looking for|we're looking for|responsibilities|requirements:|requirements|job description|duties|duties include|qualifications|what you'll do|what you will do|what we offer|join our team|join us|you will|you'll be|
        the successful candidate|the ideal candidate|ideal candidate|candidates must|apply now|to apply|vacancy|salary range|working hours:|we offer|about the role|benefits:|our company|our team|no experience necessary|no experience needed|no experience required""",
    RESUME: "curriculum vitae|resume|résumé|work experience|employment history|education|objective|references|work history|professional summary|summary",
    SAME: "same for|same goes for|same with|likewise",
    LIVE: "live in|living in|based in|i'm in|located in|i am in|my home is in|home in|reside in|residing in|i'm from|resident of|moved to|stay in|staying in|address",
    NOTHING: """no worries|not sure|not now|notice|do not worry|don't worry|can't wait|cannot wait|no matter|not yet sure|not long ago|could you|can you|can we|would you|have to|had to|got to|used cars|used car|well known|well-known|
        no one|nobody|hope you|hope this|thank you|if possible|some day|someday|something|some people|no doubt|not at all a problem|whether or not|people skills|people person|why not|or not|and not for|not for long|no later than|no less than|
        one of my friends is hiring|current position|i don't have a job|don't have a job|no job|no work|lost my job|cannot find|can't find|couldn't find|don't know what|do not know what|don't know where|don't know which|not working|no income|find out|find it|find my|find that|i find|some more|
        all over|all day|all night|at all|after all|first of all|all kinds|all sorts|the only|not only for|minimum wage|the most basic""",
}


def phrases(table: dict[str, str], separator: str | None) -> list[tuple[str, str]]:
    """(phrase, kind) of a table; `separator` None: blanks separate (Chinese), else that character."""
    return [
        (" ".join(phrase.split()), kind)
        for kind, words in table.items()
        for phrase in (words.split() if separator is None else words.split(separator))
        if phrase.strip()
    ]
