/** Short codes of emoji, as ntfy's apps know them; of all, those that fit a download. Each is followed by its emoji. */
const SHORT_CODES = `
  warning ⚠️  white_check_mark ✅  heavy_check_mark ✔️  ballot_box_with_check ☑️  x ❌
  negative_squared_cross_mark ❎  arrow_down ⬇️  arrow_up ⬆️  arrow_right ➡️  arrow_left ⬅️
  arrow_heading_down ⤵️  arrow_double_down ⏬  arrow_double_up ⏫  arrows_counterclockwise 🔄
  inbox_tray 📥  outbox_tray 📤  wastebasket 🗑️  no_entry ⛔  no_entry_sign 🚫  rotating_light 🚨
  bangbang ‼️  exclamation ❗  question ❓  information_source ℹ️  bulb 💡  bell 🔔  no_bell 🔕  mute 🔇
  loud_sound 🔊  loudspeaker 📢  mega 📣  hourglass ⌛  hourglass_flowing_sand ⏳  alarm_clock ⏰
  stopwatch ⏱️  clock1 🕐  calendar 📆  pause_button ⏸️  arrow_forward ▶️  stop_button ⏹️
  record_button ⏺️  next_track_button ⏭️  repeat 🔁  tada 🎉  confetti_ball 🎊  balloon 🎈  gift 🎁
  sparkles ✨  star ⭐  star2 🌟  fire 🔥  boom 💥  zap ⚡  rocket 🚀  checkered_flag 🏁  trophy 🏆  100 💯
  +1 👍  thumbsup 👍  -1 👎  thumbsdown 👎  ok_hand 👌  wave 👋  clap 👏  eyes 👀  heart ❤️  popcorn 🍿
  clapper 🎬  movie_camera 🎥  film_strip 🎞️  film_projector 📽️  cinema 🎦  tv 📺  vhs 📼  camera 📷
  video_camera 📹  performing_arts 🎭  ticket 🎫  tickets 🎟️  musical_note 🎵  notes 🎶  musical_score 🎼
  headphones 🎧  microphone 🎤  studio_microphone 🎙️  radio 📻  guitar 🎸  saxophone 🎷  violin 🎻  drum 🥁
  musical_keyboard 🎹  book 📖  open_book 📖  books 📚  closed_book 📕  green_book 📗  blue_book 📘
  orange_book 📙  notebook 📓  newspaper 📰  scroll 📜  page_facing_up 📄  bookmark 🔖  video_game 🎮
  joystick 🕹️  space_invader 👾  game_die 🎲  jigsaw 🧩  art 🎨  framed_picture 🖼️  cd 💿  dvd 📀
  minidisc 💽  floppy_disk 💾  computer 💻  desktop_computer 🖥️  iphone 📱  package 📦  card_file_box 🗃️
  file_cabinet 🗄️  file_folder 📁  open_file_folder 📂  mag 🔍  link 🔗  magnet 🧲  paperclip 📎  pushpin 📌
  label 🏷️  lock 🔒  unlock 🔓  key 🔑  gear ⚙️  wrench 🔧  hammer 🔨  hammer_and_wrench 🛠️  robot 🤖
  penguin 🐧  whale 🐳  seedling 🌱  herb 🌿  four_leaf_clover 🍀  deciduous_tree 🌳  snail 🐌  turtle 🐢
  rabbit2 🐇  dragon 🐉  skull 💀  ghost 👻  pirate_flag 🏴‍☠️  house 🏠  globe_with_meridians 🌐
  earth_africa 🌍  cloud ☁️  satellite 📡  signal_strength 📶  chart_with_upwards_trend 📈  bar_chart 📊
  moneybag 💰  red_circle 🔴  orange_circle 🟠  yellow_circle 🟡  green_circle 🟢  large_blue_circle 🔵
  purple_circle 🟣  white_circle ⚪  black_circle ⚫  zzz 💤  new 🆕  top 🔝  ok 🆗  sos 🆘
  triangular_flag_on_post 🚩  baby 👶  children_crossing 🚸  mortar_board 🎓  brain 🧠  test_tube 🧪
  microscope 🔬  coffee ☕  beer 🍺  pizza 🍕
`;

const emoji = new Map(
  Array.from(SHORT_CODES.matchAll(/(\S+) (\S+)/g), ([, code = '', text = '']) => [code, text]),
);

/** The emoji that the app shows before the title; it shows no other tag in the notification. */
export const emojiOf = (tags: readonly string[]): string => tags.map((tag) => emoji.get(tag) ?? '').join('');
