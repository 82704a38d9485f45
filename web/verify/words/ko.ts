import { ko as verdict } from '../../../verification/verifier/words/ko.js';
import type { PageWords } from './words.js';

export const ko: PageWords = {
  language: 'ko',
  verdict,

  title: '정말 선착순이었을까요?',
  lead: '행사의 증명을 직접 확인하세요. 이 기기 안에서만 확인하고 아무것도 보내지 않습니다. 페이지를 저장해 두면 네트워크 없이도 쓸 수 있습니다.',
  proof: '행사의 증명 파일',
  proofHint: '주최자가 행사마다 공개하는 파일입니다.',
  receipt: '내 영수증 (있으면)',
  receiptHint: '신청할 때 받은 것이거나, 명단에 있다는 답입니다.',
  more: '더 확실히 하려면',
  list: '신청 자격 명단 (있으면)',
  key: '다른 곳에서 받은 기록의 열쇠',
  policy: '정책: 어느 증인을 인정할지',
  also: '다른 사람이 본 체크포인트',
  check: '확인하기',
  checking: (percent) => `확인하는 중: ${percent}`,
  chooseProof: '먼저 증명 파일을 고르세요.',
  unusable: '확인할 수 없습니다',
  because: (reason) => `올바른 파일이 아닙니다. (${reason})`,

  broken: '규칙을 어긴 것',
  remarks: '알아 둘 것',
  aside: '함께 생각할 것',
  campaign: (name) => `행사 ${name}`,

  picture: '순서',
  order: '온 순서대로, 누가 받았는지',
  orderOf: (people, parts) => `왼쪽부터 ${people}명, ${parts}칸. 숫자는 아래 표에 있습니다.`,
  overTime: '시간에 따라 온 사람 수',
  overTimeOf: (people, seconds) => `${seconds}초 동안 ${people}명.`,
  outcomes: {
    paid: '지급',
    promoted: '기다린 뒤 지급',
    failed: '미지급',
    left: '줄을 떠남',
    ended: '끝까지 대기',
    open: '진행 중',
    restored: '사라짐',
  },
  asTable: '표로 보기',
  places: '순서',
  after: '도착',
  seconds: (seconds) => `${seconds}초`,

  limits: '이 확인으로 알 수 없는 것',
  limitsText: [
    '번호를 받기 전에 누군가를 느리게 했는지, 아예 답을 받지 못했는지.',
    '온 사람이 모두 실제 사람이고 한 번씩만 왔는지. 운영자를 포함해 누구든 여러 계정을 쓸 수 있습니다.',
    '영수증이 없는 사람이 빠졌는지. 더 이른 체크포인트나 증인의 서명이 있어야 알 수 있습니다.',
    '시각이 맞는지. 시각은 운영자가 적고, 증인의 서명이나 타임스탬프만이 범위를 정합니다.',
    '독립된 증인이 함께 서명하지 않았다면, 모두에게 같은 기록을 보여 주는지.',
    '실패했다는 지급이 정말 불가능했는지.',
  ],
};
