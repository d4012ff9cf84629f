/** Invented people need names that are common where they live; spelled in ASCII because they become addresses. */
export interface Country {
  readonly code: string;
  /** Share of the people, in percent; the shares add to 100. */
  readonly percent: number;
  readonly firstNames: readonly string[];
  readonly lastNames: readonly string[];
  readonly hosts: readonly string[];
}

const worldHosts = ['gmail.com', 'gmail.com', 'outlook.com', 'yahoo.com', 'icloud.com', 'example.com'];
const list = (text: string): readonly string[] => text.split(' ');

export const countries: readonly Country[] = [
  {
    code: 'US',
    percent: 40,
    firstNames: list('Olivia Liam Emma Noah Ava Mason Sophia Ethan Grace Logan Hannah Tyler Megan Jacob'),
    lastNames: list('Smith Johnson Williams Brown Miller Davis Garcia Wilson Anderson Taylor Moore Clark'),
    hosts: [...worldHosts, 'aol.com', 'comcast.net'],
  },
  {
    code: 'GB',
    percent: 15,
    firstNames: list('Amelia Oliver Isla Harry Poppy Alfie Freya Callum Imogen Rhys Niamh Ewan'),
    lastNames: list('Jones Evans Walker Wright Hughes Green Hall Wood Jackson Turner Cooper Ward'),
    hosts: [...worldHosts, 'btinternet.com', 'hotmail.co.uk'],
  },
  {
    code: 'DE',
    percent: 15,
    firstNames: list('Anna Lukas Lena Felix Marie Jonas Lea Paul Greta Moritz Katja Stefan'),
    lastNames: list(
      'Mueller Schmidt Schneider Fischer Weber Wagner Becker Hoffmann Koch Richter Wolf Neumann',
    ),
    hosts: [...worldHosts, 'gmx.de', 'web.de', 't-online.de'],
  },
  {
    code: 'FR',
    percent: 10,
    firstNames: list('Camille Louis Manon Hugo Chloe Jules Lucie Antoine Elise Mathis Margaux Julien'),
    lastNames: list('Martin Bernard Dubois Thomas Robert Petit Durand Leroy Moreau Simon Laurent Girard'),
    hosts: [...worldHosts, 'orange.fr', 'free.fr'],
  },
  {
    code: 'BR',
    percent: 8,
    firstNames: list('Maria Joao Ana Pedro Beatriz Lucas Larissa Gabriel Camila Rafael Juliana Thiago'),
    lastNames: list('Silva Santos Oliveira Souza Lima Pereira Ferreira Costa Almeida Ribeiro Carvalho Gomes'),
    hosts: [...worldHosts, 'uol.com.br', 'bol.com.br'],
  },
  {
    code: 'JP',
    percent: 6,
    firstNames: list('Yui Haruto Aoi Ren Sakura Sota Hina Yuto Akari Kaito Misaki Riku'),
    lastNames: list(
      'Sato Suzuki Takahashi Tanaka Ito Watanabe Yamamoto Nakamura Kobayashi Kato Yoshida Yamada',
    ),
    hosts: [...worldHosts, 'docomo.ne.jp', 'yahoo.co.jp'],
  },
  {
    code: 'IN',
    percent: 6,
    firstNames: list('Aarav Diya Vivaan Ananya Aditya Isha Arjun Kavya Rohan Priya Rahul Neha'),
    lastNames: list('Sharma Verma Patel Gupta Singh Kumar Reddy Nair Iyer Mehta Joshi Rao'),
    hosts: [...worldHosts, 'rediffmail.com'],
  },
];
