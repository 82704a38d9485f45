import type { Words } from './words.js';

const REASONS: Readonly<Record<string, string>> = {
  'wallet-closed': '지갑이 닫혀 있어 돈을 받을 수 없어요.',
  'rejected-by-provider': '송금이 거절되었어요.',
  'rejected-by-operator': '담당자가 확인한 결과, 송금이 이루어지지 않았어요.',
  revoked: '보내기 전에 주최 측에서 취소했어요.',
};

export const ko: Words = {
  language: 'ko',

  loading: '잠시만 기다려 주세요…',
  claim: (amount) => `${amount} 받기`,
  wait: '기다려 주세요…',
  askAgain: '다시 요청하기',
  signIn: '로그인',
  signOut: '로그아웃',
  signedInAs: (name) => `${name} 님으로 로그인됨`,

  opensAt: (time) => `${time} 시작`,
  units: { days: '일', hours: '시간', minutes: '분', seconds: '초' },
  secondsLeft: { 600: '10분 남았어요.', 60: '1분 남았어요.', 10: '10초 남았어요.' },

  before: {
    title: '시작까지',
    text: ['준비됐어요. 서버 시계에 맞춰 버튼이 저절로 켜지니 새로고침하지 않아도 돼요.'],
  },
  signInBefore: { title: '시작까지', text: ['지금 로그인해 두세요. 시작하면 한 번만 누르면 돼요.'] },
  signInNow: { title: '지금 열렸어요', text: ['로그인한 다음 한 번만 누르세요.'] },
  signInAgain: {
    title: '로그아웃되었어요',
    text: ['계속하려면 다시 로그인하세요. 이미 받은 것은 그대로 있어요.'],
  },
  noSignIn: {
    title: '로그인하지 않았어요',
    text: ['이 페이지를 안내한 곳에서 먼저 로그인해 주세요.'],
  },
  signInEnds: (time) => `로그인이 시작 전인 ${time}에 끝나요. 시작 직전에 다시 로그인하세요.`,
  tooEarly: '조금 빨라서 접수되지 않았어요. 시작하면 다시 눌러 주세요.',
  phoneClock: '지금은 기기의 시계로 세고 있어요.',

  open: {
    title: '지금 열렸어요',
    text: ['한 번만 누르세요. 먼저 요청한 순서대로 드려요. 여러 번 눌러도 달라지지 않아요.'],
  },
  asking: { title: '요청하는 중…', text: ['요청을 보냈어요. 이 화면을 그대로 두세요.'] },
  askingAgain: { title: '다시 요청하는 중…', text: ['이 화면을 그대로 두세요.'] },
  offline: () => ({
    title: '인터넷이 끊겼어요',
    text: ['다시 연결되면 바로 요청해요. 이 화면을 그대로 두세요.'],
  }),
  busy: (seconds) => ({
    title: '아직 답을 받지 못했어요',
    text: [
      `${seconds} 뒤에 자동으로 다시 요청해요. 새로고침해도 빨라지지 않아요. 이미 잡은 자리는 그대로예요.`,
    ],
  }),
  'too-many': (seconds) => ({
    title: '지금 사람이 많아요',
    text: [`${seconds} 뒤에 자동으로 다시 요청해요. 새로고침해도 빨라지지 않아요.`],
  }),
  gaveUp: {
    title: '답을 받지 못했어요',
    text: ['다시 요청해도 괜찮아요. 이미 자리를 잡았다면 그 자리가 보여요.'],
  },

  pending: (amount) => ({
    title: '자리를 잡았어요',
    text: [`${amount} 송금을 진행하고 있어요. 더 할 일은 없으니 화면을 닫아도 돼요.`],
  }),
  checked: (amount) => ({
    title: '확인하고 있어요',
    text: [`${amount} 송금 결과를 담당자가 확인하고 있어요. 화면을 닫아도 돼요.`],
  }),
  waiting: (amount, capacity) => ({
    title: '대기 줄에 있어요',
    text: [
      `아직 ${amount} 지급이 정해진 것은 아니에요. ${capacity}자리가 모두 찼고, 자리가 나면 맨 앞사람에게 저절로 넘어가요.`,
      '화면을 닫아도 순서는 그대로예요.',
    ],
  }),
  paid: (amount) => ({ title: `${amount} 지급 완료`, text: ['지급이 끝났어요. 더 할 일은 없어요.'] }),
  cameBack: (amount) => ({
    title: '돈이 되돌아갔어요',
    text: [`${amount} 지급 후에 돈이 되돌아왔어요. 다시 지급되지는 않아요.`],
  }),
  failed: (reason, passedOn) => ({
    title: '지급되지 않았어요',
    text: [
      REASONS[reason ?? ''] ?? '송금이 이루어지지 않았어요.',
      ...(passedOn ? ['이 자리는 다음 대기자에게 넘어갔거나 다시 비었어요.'] : []),
    ],
  }),
  ended: {
    title: '끝났어요',
    text: ['대기했지만 끝날 때까지 차례가 오지 않았어요. 지급되는 금액은 없어요.'],
  },
  left: { title: '대기 줄에서 나왔어요', text: ['자리를 포기했어요. 다시 요청해도 되돌릴 수 없어요.'] },
  other: { title: '요청이 접수되어 있어요', text: ['나중에 다시 확인해 주세요.'] },

  soldOut: (capacity, line, time) => ({
    title: '모두 마감됐어요',
    text: [
      `${time ? `요청하신 ${time}에는 ` : ''}먼저 요청한 분들로 ${capacity}자리${line ? `와 대기 ${line}자리` : ''}가 모두 찼어요. ${line ? '대기 ' : ''}자리가 나면 그때 요청한 분이 받아요.`,
    ],
  }),
  signInToSee: '내 결과를 보려면 로그인하세요.',
  listOnly: '주최 측 명단에 있는 분만 신청할 수 있어요.',
  'not-eligible': {
    title: '명단에 없어요',
    text: [
      '이 계정은 주최 측 명단에 없어서 신청할 수 없어요. 다시 요청해도 같아요.',
      '다른 계정이 있으면 로그인하고, 아니면 주최 측에 문의하세요.',
    ],
  },
  closed: (given) => ({
    title: '종료됐어요',
    text: [given ? `${given}자리가 모두 주어졌어요.` : '더 이상 신청을 받지 않아요.'],
  }),
  paused: {
    title: '잠시 멈췄어요',
    text: ['지금은 누구의 신청도 받지 않아요. 30초쯤마다 저절로 다시 확인해요.'],
  },
  'unknown-campaign': { title: '없는 페이지예요', text: ['주소를 확인해 주세요.'] },
  forbidden: { title: '여기서는 요청할 수 없어요', text: ['페이지를 새로 열어 다시 시도해 주세요.'] },
  fault: {
    title: '저희 쪽에 문제가 생겼어요',
    text: ['다시 요청해도 괜찮아요. 계속되면 아래 번호를 주최 측에 알려 주세요.'],
  },

  leave: '대기 그만두기',
  leaveSure: '정말 그만둘까요? 이 줄에는 다시 설 수 없어요.',
  leaveForGood: '그만두기',
  stay: '계속 기다리기',
  leaveFailed: '처리되지 않았어요. 아직 대기 줄에 있어요.',
  stale: (time) => `${time} 기준이에요. 다시 연결하는 중…`,

  place: '내 자리',
  placeOf: (slot, capacity) => `${capacity}자리 중 ${slot}번`,
  arrival: '도착 순서',
  ordinal: (n) => `${n}번째`,
  linePlace: '내 대기 순서',
  askedAt: '접수 시각',
  paidAt: '지급 시각',
  reference: '지급 번호',
  requestId: '요청 번호',
};
