// Hashes that Debian's own tools made of known passwords: doveadm of Dovecot 2.3, openssl passwd, and crypt(3) of
// libxcrypt (by way of perl).

export type Known = { madeBy: string; hash: string; password: string };

const usual = 'Pä55 wörd';
const long =
  'longer than sixty four bytes of a password, so that every loop goes round twice at least';

export const known: Known[] = [
  {
    madeBy: 'doveadm pw -s SHA512-CRYPT',
    hash: '{SHA512-CRYPT}$6$Pv1AMFVUh9urs83i$SEUcSiTZCQwzoaI5h8BcQsuSviPMDpV2DuwgGaXbiZQ0TSxA3wLFx68WRTgcS/JSNqa6E/qn06S5D4/WfRmeT/',
    password: usual,
  },
  {
    madeBy: 'doveadm pw -s SHA256-CRYPT',
    hash: '{SHA256-CRYPT}$5$v0ZebFHmpnWtP.2o$4k938OfQHtoDGM1zbAncdU9u6hhpWzWlqJtdz9FL7K5',
    password: usual,
  },
  {
    madeBy: 'doveadm pw -s MD5-CRYPT',
    hash: '{MD5-CRYPT}$1$P5TU/mGA$Wd6MnD6xhXnI6MMFktPHx.',
    password: usual,
  },
  {
    madeBy: 'doveadm pw -s BLF-CRYPT',
    hash: '{BLF-CRYPT}$2y$05$E84lJ5FkQqkFXqKov2aDnud7QNPgI9s8z82cox2za/YHVD8PRl4fy',
    password: usual,
  },
  { madeBy: 'doveadm pw -s SSHA', hash: '{SSHA}MO8jFHEcIBxsxk/O7TB1rpxkGL0fiTjR', password: usual },
  {
    madeBy: 'doveadm pw -s SSHA256',
    hash: '{SSHA256}MIaosikoxiJdr90dyh3J0B0tKQWWiJ+nkKfSOxrHwad154hp',
    password: usual,
  },
  {
    madeBy: 'doveadm pw -s SSHA512',
    hash: '{SSHA512}xl5fdaJJhuQZ5eg9eWw5yPTbbkNeEZUD9XQRUOQBBnKqqPLYgHEQ/fefTIs8tUipEWyQ4Dr0BVZKA6cS5cgMl905EK0=',
    password: usual,
  },
  { madeBy: 'doveadm pw -s SHA', hash: '{SHA}7cS7hIhdCD1CCWdi7kgQnoqMPow=', password: usual },
  { madeBy: 'doveadm pw -s SHA1', hash: '{SHA1}7cS7hIhdCD1CCWdi7kgQnoqMPow=', password: usual },
  {
    madeBy: 'doveadm pw -s SHA256',
    hash: '{SHA256}FI5Yc9noun4AfruWl2nWvF7PwKzCuBQfVuEFn1u9leE=',
    password: usual,
  },
  {
    madeBy: 'doveadm pw -s SHA512',
    hash: '{SHA512}UXATA6rDNkTm4tMTwEnSZi1c0+PULWaWovh1KH8EzH80ffHWlXwY1XXMqXvNU6na5ox68Xqoy/9wnoNoLh44Bg==',
    password: usual,
  },
  {
    madeBy: 'doveadm pw -s PBKDF2',
    hash: '{PBKDF2}$1$w7mGpqpfHWjiG7jF$5000$e54547f4cdd1c44cf27636e3812e3f82b777a718',
    password: usual,
  },
  {
    madeBy: 'doveadm pw -s ARGON2ID',
    hash: '{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$5+YwP5I3qlUPUCfj0d/bpQ$y0SXfPhHDUpHNyGkrM2B4g/v9pAAL8ytyeFYHnZkyGk',
    password: usual,
  },
  {
    madeBy: 'doveadm pw -s ARGON2I',
    hash: '{ARGON2I}$argon2i$v=19$m=32768,t=4,p=1$byP+gyrxAoOAP7eUnofrxQ$QfH7UIp5vXZvlC8bRLPA9IKS/MIGCAVbR5VPnUMQN8g',
    password: usual,
  },
  {
    madeBy: 'doveadm pw -s CRYPT',
    hash: '{CRYPT}$2y$05$enIIxWEdtoGymBjlcv9WQ.XxsS/CL5s9PnEkiZg6gwqmPrXluSTY2',
    password: usual,
  },
  { madeBy: 'doveadm pw -s MD5', hash: '{MD5}$1$tKv/S3mz$BUFwVe9Q4nsWPUq49feIt0', password: usual },
  {
    madeBy: 'doveadm pw -s SCRAM-SHA-256',
    hash: '{SCRAM-SHA-256}4096,9O88PHURIE88QMDYDaPdqw==,h7wuiNqeR++skn1bi1WG/TFlG7BZJrlJJsA4Engq0Cw=,ygW4NcI8K+I8+6whcNCztF4Wjh6YP0adq9y3nfxCRnc=',
    password: usual,
  },
  { madeBy: 'doveadm pw -s LDAP-MD5', hash: '{LDAP-MD5}jktksk+Ght5ECjpVe7MwEw==', password: usual },
  {
    madeBy: 'doveadm pw -s PLAIN-MD5',
    hash: '{PLAIN-MD5}8e4b64b24f8686de440a3a557bb33013',
    password: usual,
  },
  { madeBy: 'doveadm pw -s SMD5', hash: '{SMD5}m9+sT2IswDBmgfzvJj2LitSXCIo=', password: usual },
  {
    madeBy: 'doveadm pw -s SHA512.HEX',
    hash: '{SHA512.HEX}51701303aac33644e6e2d313c049d2662d5cd3e3d42d6696a2f875287f04cc7f347df1d6957c18d575cca97bcd53a9dae68c7af17aa8cbff709e83682e1e3806',
    password: usual,
  },
  {
    madeBy: 'doveadm pw -s SSHA256.HEX',
    hash: '{SSHA256.HEX}e9eefb520c8b21162460b4a3950ee3c4df5177b102099926c35c91357c25b0ea15ecb26a',
    password: usual,
  },
  {
    madeBy: 'doveadm pw -s SHA256.B64',
    hash: '{SHA256.B64}FI5Yc9noun4AfruWl2nWvF7PwKzCuBQfVuEFn1u9leE=',
    password: usual,
  },
  {
    madeBy: 'doveadm pw -s SHA512-CRYPT',
    hash: '{SHA512-CRYPT}$6$d4I7Av7CYrR4274Q$2AqwOM69Hxqd7X1dwqPcEaKOpDH3FJlDVEv3zkmbnDmJ4DMX75hRJSZIo//weWQCN71T9s4YJwNYK9MCHWOQT1',
    password: 'x',
  },
  {
    madeBy: 'doveadm pw -s SHA512-CRYPT',
    hash: '{SHA512-CRYPT}$6$f3KPcwflyhOl/fpw$LoZjaJ4kysA0T4ostEHLpGybrdk8RVKU83GXz6YVCaeYLEzyjydpVvQbO3/VOmCgqKOB1QU.Uznj0OQlUB.Md.',
    password: long,
  },
  {
    madeBy: 'doveadm pw -s SHA256-CRYPT',
    hash: '{SHA256-CRYPT}$5$aG5z9YSvHwbHe.0g$OkJChvDbJ69ATG.Mmbh7D.vY64Tf7g8TlArd80UI/s6',
    password: 'x',
  },
  {
    madeBy: 'doveadm pw -s SHA256-CRYPT',
    hash: '{SHA256-CRYPT}$5$d6g5SOJ3f.u4FEaW$UZ4Wp0IIs4g8kDe3fQyegswa0sm7t/o4jsG5fyVUlH.',
    password: long,
  },
  {
    madeBy: 'doveadm pw -s MD5-CRYPT',
    hash: '{MD5-CRYPT}$1$h8BEk1xk$p3iFCW8zVUYpyHIZUK9.V0',
    password: 'x',
  },
  {
    madeBy: 'doveadm pw -s MD5-CRYPT',
    hash: '{MD5-CRYPT}$1$fsgMdM2/$Z4Q0PomTwd3lSYkE56XPw0',
    password: long,
  },
  {
    madeBy: 'doveadm pw -s BLF-CRYPT',
    hash: '{BLF-CRYPT}$2y$05$Prm9U/crd0SwUs3EU/OYfe8j4J/uqyexS5VwVeyhRQFeDuYoz2RKC',
    password: 'x',
  },
  {
    madeBy: 'doveadm pw -s BLF-CRYPT',
    hash: '{BLF-CRYPT}$2y$05$wZrNPgVN4fMYEdSzdbY4y.q.S3gew5zKYIBL6.y.Yoi5PqODUHfce',
    password: long,
  },
  {
    madeBy: 'doveadm pw -s BLF-CRYPT',
    hash: '{BLF-CRYPT}$2y$05$jp8eZLHV8hMgbrwiBG5rUuW8m1Fu1JCmQ6KfL0v4drUnDED7G1C4e',
    password: 'a'.repeat(73),
  },
  {
    madeBy: 'doveadm pw -s PBKDF2',
    hash: '{PBKDF2}$1$tn2h87e56LJh4UCb$5000$a0576a0bac1f5896b96f60fd9edac4d9c8a9b8c2',
    password: 'x',
  },
  {
    madeBy: 'doveadm pw -s PBKDF2',
    hash: '{PBKDF2}$1$GgY7q9U7fnL0KEYP$5000$fc790ce5fe45b5147ea64aad5338757507bb3836',
    password: long,
  },
  { madeBy: 'openssl passwd -1', hash: '$1$sodium$jeOa5qh3zIt5gzipLZuD9.', password: long },
  { madeBy: 'openssl passwd -1', hash: '$1$ab$hh1nJ8U1ZESdtUHA3wGfm0', password: usual },
  {
    madeBy: 'openssl passwd -5',
    hash: '$5$sodium$fXSi/Ya5WeBqdLMNSUfxbzi.TJw2R6r1R4SLNO3vEjB',
    password: long,
  },
  {
    madeBy: 'openssl passwd -5',
    hash: '$5$ab$35r/v5ntqvwJ030fd9rktTWnY99/s2UMteU3Fw7.ri0',
    password: usual,
  },
  {
    madeBy: 'openssl passwd -6',
    hash: '$6$sodium$YI4d0sj4rsNTfwSZmLPw9AyApLrclQ7k49mhR0qRTjrWJH.oSpM8E1jpXmUaVoO62tYGfwAhJa5g8uAIOhJK51',
    password: long,
  },
  {
    madeBy: 'openssl passwd -6',
    hash: '$6$ab$MHwAeUbyeyGgQ76XUeiV7gcJ7VwNOg2aeUTy7oBryRSdYiLJNXoYt/6ZCrxQI4lbRymF7srxnmUuVcZextFpd.',
    password: usual,
  },
  {
    madeBy: 'crypt(3)',
    hash: '$6$rounds=1000$saltsalt$RNSrbiyyUnqZP0igBnYxaN6fTEFot0SB3WI1QJQ9dVGJDIMjwnL6lNNCrVIQ0wHxHfzob3aHEDfv37UAJVW3K/',
    password: usual,
  },
  {
    madeBy: 'crypt(3)',
    hash: '$5$rounds=77777$short$aYtFpnSVz8xnSv51qrS5/R8P66bCGvwHxIrZWXyn6BB',
    password: usual,
  },
  {
    madeBy: 'crypt(3)',
    hash: '$6$$PkMi8TrdwfWluZlDYruhHc1dvWH2FF4T.qdvb22puAmXBNIXLVTIpmuMQ/MjnV3rbr.RJRTW/YHvn644IvJPM.',
    password: usual,
  },
  {
    madeBy: 'crypt(3)',
    hash: '$2a$04$abcdefghijklmnopqrstuuF5/fUUjxZS58zu1daWh2YJnQOHgqspq',
    password: usual,
  },
  {
    madeBy: 'crypt(3)',
    hash: '$2b$06$......................rBEJstQ72pPlk9Ij12E6najtrh4QTV6',
    password: usual,
  },
  {
    madeBy: 'crypt(3)',
    hash: '$2y$05$XXXXXXXXXXXXXXXXXXXXXOXl5Pz6dk4MtKUSZ./Pb06ImdCac0AxK',
    password: usual,
  },
  {
    madeBy: 'crypt(3)',
    hash: '$y$j75$abcdefgh$apoG0UAykg.itvaK4gJXa.P.7y1h7VAvKMbBIb1cEn7',
    password: usual,
  },
  {
    madeBy: 'crypt(3)',
    hash: '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$Rtek.A9c68WGbhn4QyFibc5zQLZ96El8b72gLbHkJmC',
    password: usual,
  },
  {
    madeBy: 'crypt(3)',
    hash: '$y$j85$$U5cgVAe7OPY0ynRHxrTrvcWuyYGv4EdcwJozEve1/x1',
    password: usual,
  },
  {
    madeBy: 'crypt(3)',
    hash: '$y$j75$LdJMENpBABJJ3hIHjB1Bi.$dilT5ySEJreskSOqfk6L5VMQadG8rfa/1Ro/lgZ.52.',
    password: long,
  },
];
