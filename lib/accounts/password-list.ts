// What people choose first: words and their like, made for this file out of what every published ranking of leaked
// passwords has at its top, together with names, months, teams and keyboards. Kept as words, not as passwords:
// password-policy.ts takes digits, signs and "3" for "e" away before it looks, so that some 900 words stand for
// hundreds of thousands of passwords. 10 KB of memory, one look into a Set.

const words = `
password passwort passwd passw0rd pass passe motdepasse contrasena contrasenha senha parola haslo wachtwoord
losenord salasana heslo parool sifre admin administrator administrador root toor user username guest test tester
testing testtest login welcome willkommen bienvenue bienvenido benvenuto secret geheim private privat default
changeme change letmein letmeinnow openup opensesame trustno iloveyou ilovegod iloveme ilovemyself iloveu loveyou
loveme lovely lover loverboy lovers mylove mybaby babygirl babyboy babe baby honey sweetie sweetheart sweet darling
schatz schatzi liebe hallo hello hellohello hola bonjour salut ciao servus moin sunshine sonnenschein sonne soleil
moonlight moonshine rainbow starlight stars star shadow shadows master mistress monkey monkeys dragon dragons tiger
tigers lion lions panther cheetah leopard eagle eagles falcon falcons hawk hawks raven ravens bear bears wolf wolves
wolfpack fox horse horses pony ponies dog doggy doggie dogs cat cats kitty kitten kittens hellokitty pussy pussycat
puppy bunny rabbit hamster turtle dolphin dolphins shark sharks whale fish fishing fisher spider spiderman batman
superman supergirl ironman wolverine hulk captain america avengers marvel joker robin catwoman pokemon pikachu
charmander digimon naruto sasuke goku dragonball vegeta bleach onepiece minecraft roblox fortnite warcraft starcraft
diablo halo zelda mario luigi sonic nintendo playstation xbox xboxlive gamer games gaming counterstrike callofduty
leagueoflegends starwars startrek skywalker vader darthvader jedi yoda chewbacca kenobi matrix neo morpheus trinity
hobbit gandalf frodo bilbo aragorn legolas mordor sauron lordoftherings harrypotter potter hogwarts hermione dumbledore
voldemort gryffindor slytherin princess prinzessin prince queen king kings kingkong kingdom knight knights warrior
warriors viking vikings gladiator spartan spartans soldier sniper hunter hunting killer killers assassin ninja samurai
pirate pirates cowboy cowboys ranger rangers rocker rockstar rocknroll rock metal metallica megadeth slayer slipknot
nirvana greenday linkinpark eminem tupac beatles beatle elvis presley madonna britney beyonce shakira rihanna rammstein
acdc guitar drummer drums music musica musik dance dancer dancing football fussball futbol futebol soccer baseball
basketball volleyball handball hockey tennis golf golfer rugby cricket boxing wrestling karate judo swimming swimmer
runner running racing racer skate skater skateboard snowboard surfing surfer champion champions winner winners winning
loser player players playboy playgirl arsenal chelsea liverpool manchester manutd united barcelona barca realmadrid
madrid juventus milan inter napoli roma lazio bayern bayernmuenchen dortmund borussia schalke werder hertha stpauli
benfica porto sporting corinthians flamengo palmeiras santos boca riverplate ajax feyenoord galatasaray fenerbahce
besiktas celtic rangersfc everton tottenham newcastle westham steelers packers yankees redsox lakers bulls celtics
patriots giants raiders chargers broncos dodgers cubs braves longhorns gators buckeyes canada america american usa
england britain scotland ireland france deutschland germany austria schweiz italia italy espana spain portugal brasil
brazil mexico argentina colombia chile peru polska poland russia ukraine turkey turkiye india pakistan china japan
korea thailand vietnam australia newyork newyorkcity california texas florida chicago boston dallas houston denver
phoenix orlando miami seattle vegas lasvegas hollywood london paris berlin hamburg muenchen koeln frankfurt wien
zuerich roma venezia lisboa amsterdam istanbul moscow tokyo sydney melbourne toronto montreal
january february march april may june july august september october november december januar februar maerz mai juni
juli oktober dezember monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag
freitag samstag sonntag spring summer autumn fall winter fruehling sommer herbst ete hiver verano invierno summertime
christmas xmas weihnachten easter ostern birthday geburtstag holiday holidays vacation urlaub
michael michelle matthew jessica jennifer joshua jordan daniel daniela daniele andrew andrea andreas anthony antonio
antonia ashley amanda nicole nicola nicolas nicholas thomas robert roberto richard ricardo charles charlie charlotte
christian christina christine christopher chris patrick patricia martin martina martha marina maria marie mariana
marcus markus marco marc mark alexander alexandra alexis alex alejandro alessandro alessia alice alicia alison
sebastian sebastien stephanie stefanie stefan steven stephen steve justin justine brandon brian bryan brandy
benjamin ben samuel samantha sam sandra sandy sarah sara sabrina sabine susanne susan julia julian juliana julie
juliet romeo jonathan jonas john johnny johnson jackson jack jackie jacob james jamie jason jasmine jasmin javier
jeffrey jeremy jesus jesuschrist christ god godisgood godislove angel angela angelo angelina angels angelica
archangel heaven blessed blessing faith hope grace church bible amen allah muhammad mohamed mohammed ahmed ali omar
hassan hussein fatima ibrahim mustafa mehmet murat victor victoria victory vincent valentina valentin vanessa
veronica virginia vladimir viktor igor ivan dmitry sergey sergei andrey alexey natasha natalia natalie nathan
nathalie tatiana svetlana olga elena helena helene hannah anna annika anne annette anja antje barbara bianca birgit
brigitte carolina caroline carlos carmen carla catherine katharina kathrin katrin kathleen katie kate karina karin
claudia claudio cristina cristian cynthia david davide deborah denise dennis diana diego dominik dominic donald
dorothy edward eduardo eleanor elizabeth elisabeth emily emma eric erica erik ernesto esther eugene eva evelyn
fabian fabio federico felipe felix fernando fernanda florian francesco francesca francisco frank franziska frederic
friedrich gabriel gabriela gabriele george georgia gerald gerhard gloria gregory guillermo gustavo hans harald
harold harry heather hector heike heinrich helmut henry herbert hernandez hugo ingrid isabel isabella isabelle
jan jana janine joanna jochen joerg johanna johannes jorge jose joseph josef juan juergen karl karsten keith kelly
kenneth kerstin kevin kimberly klaus kristina lars laura lauren leon leonardo leonie linda lisa lorenzo louis louise
lucas lukas lucia luis lydia madison maggie manfred manuel manuela marcel marcelo margaret mathias matthias maximilian
max melanie melissa mercedes michaela miguel mike miranda molly monica monika morgan nadine nancy nelson nina norbert
oliver olivia oscar pablo pamela paola paolo paul paula paulina pedro peter petra philip philipp philippe pierre
rachel rafael ralph ramona raymond rebecca regina renate roland roman ronald ronaldo ronaldinho messi neymar beckham
rosemary rosa rose roses russell ruth ryan sergio silvia simon simona simone sofia sophia sophie sonja stella
sylvia tanja tamara taylor teresa theresa thorsten tiffany timothy tim tobias tom tommy torsten travis tyler ulrich
ursula uwe volker walter wayne whitney wilhelm william williams wolfgang xavier yvonne yvette zachary
smith jones brown miller mueller schmidt schneider fischer weber meyer wagner becker garcia martinez rodriguez lopez
gonzalez perez sanchez rossi silva santos kumar singh nguyen
abc abcd abcde abcdef abcdefg abcdefgh abcabc asdf asdfg asdfgh asdfghj asdfghjkl asdasd asdfasdf qwer qwert qwerty
qwertyu qwertyui qwertyuiop qwertz qwertzu qwertzuiop azerty azertyuiop zxcv zxcvb zxcvbn zxcvbnm yxcvbnm qazwsx
qazwsxedc qweasd qweasdzxc qweqwe zaqxsw poiuytrewq mnbvcxz lkjhgfdsa aaaaaa xxxxxx zzzzzz blabla blahblah
computer laptop internet google googlegoogle facebook twitter instagram youtube myspace linkedin yahoo hotmail gmail
microsoft windows office apple iphone ipad samsung galaxy nokia android linux ubuntu debian oracle cisco server
network router wireless wifi database mysql backup system security sicherheit manager office work worker arbeit
business company firma school schule college university student teacher lehrer doctor nurse police polizei fire
firefighter feuerwehr army navy airforce marine marines military airplane pilot truck trucks ferrari porsche mercedes
mercedesbenz bmw audi volkswagen golfgti toyota honda yamaha kawasaki suzuki ducati harley harleydavidson mustang
corvette camaro chevy chevrolet dodge ford jeep nissan skyline subaru lamborghini bugatti maserati
chocolate schokolade cookie cookies cupcake candy sugar sugarplum cherry strawberry banana bananas orange apples
peaches pumpkin pepper peppers ginger cinnamon vanilla coffee kaffee pizza burger cheese kaese butter butterfly
butterflies schmetterling flower flowers blumen blume lavender jasmine daisy lily tulip sunflower garden
diamond diamonds crystal silver gold golden platinum purple yellow orange green black blackcat white whitecat red
redred blue blueblue pink pinky brown midnight mystery magic magical magician wizard witch vampire zombie zombies
ghost ghosts demon devil lucifer satan hell hellfire inferno fire firefly fireball thunder thunderbird lightning storm
stormy tornado hurricane blizzard snow snowball snowman snowflake ocean oceans river mountain mountains forest island
beach beaches paradise nature planet earth universe galaxy apollo jupiter mercury saturn venus neptune pluto
freedom freiheit liberty justice peace peaceful frieden happy happiness happyday gluecklich smile smiley smiling
laughing funny crazy lazy stupid idiot sexy sexygirl sexsex hot hottie cool coolcool coolguy awesome perfect amazing
beautiful bonita bella linda hermosa gorgeous pretty cutie cute precious treasure special forever always together
family familie familia friend friends freund freunde friendship bestfriend bestfriends mother mutter mama mamma mami
father vater papa papi daddy mommy mom brother bruder sister schwester sisters grandma oma opa
money moneymoney cash dollar dollars million millionaire rich lucky luckyone lottery casino poker gambler jackpot
whatever nothing something anything everything nobody somebody anybody unknown anonymous incognito
fuckyou fuckoff fuckme fuck fucker motherfucker asshole arschloch bastard bitch bitches bullshit shit scheisse
biteme suckit penis pussy boobs tits hardcore porn porno pornstar sex
access accessdenied control computer1 enter entry gateway hacker hacked hack cracker pwned zerocool blackhat
cheese1 snoopy garfield scooby scoobydoo tweety mickey mickeymouse minnie donaldduck goofy disney simpsons homer
bart bartsimpson spongebob patrickstar tinkerbell peterpan bambi nemo dumbo simba lionking barbie hellboy
jordan23 michaeljordan kobe kobebryant lebron tigerwoods schumacher hamilton vettel rossi
sample example beispiel temp temporary temppass newpass newpassword oldpassword mypass mypassword thepassword
yourpassword nopassword passpass passwordpassword onepassword mail email webmail postmaster hostmaster webmaster
support service info office sales contact helpdesk operator demo training trainer
`;

/** Lower case, letters only. */
export const commonWords: ReadonlySet<string> = new Set(
  words.split(/\s+/).filter((word) => word !== ''),
);
