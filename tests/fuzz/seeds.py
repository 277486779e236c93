"""First inputs of the fuzz targets, made by eisfit itself and by the tables below; none is a measurement.

    EISFIT=build/eisfit EISFIT_DATADIR=. python3 tests/fuzz/seeds.py FOLDER      (a folder per target)
"""
import cmath
import math
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EISFIT = os.environ.get("EISFIT", os.path.join(TOP, "build", "eisfit"))
POINTS = 8


def eisfit(*args):
    done = subprocess.run([EISFIT] + list(args), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode not in (0, 1):
        sys.exit("%s: %s" % (" ".join(args), done.stderr.decode()))
    return done.stdout.decode()


def text_of(*path):
    with open(os.path.join(TOP, *path)) as f:
        return f.read()


# ---- spectra ----

def impedance(f):
    w = 2 * math.pi * f
    return 10 + 100 / (1 + 1j * w * 100 * 2e-5) + 1 / (1j * w * 0.05)


def cell(letter, k, scale=1.0):
    """One value: f k(Hz) w(rad/s); r i n(-Im) m(odulus) d(eg) q(-deg) p(rad); t(ime) x(index) c(onstant)
    z(ero)."""
    f = 1e4 * 10 ** (-0.5 * k)
    z = impedance(f) / scale
    return {"f": f, "k": f / 1e3, "w": 2 * math.pi * f, "r": z.real, "i": z.imag, "n": -z.imag,
            "m": abs(z), "d": math.degrees(cmath.phase(z)), "q": -math.degrees(cmath.phase(z)),
            "p": cmath.phase(z), "t": 3 * k, "x": k, "c": 7, "z": 0}[letter]


def rows(letters, delimiter=",", comma=False, scale=1.0, n=POINTS):
    lines = [delimiter.join("%.6g" % cell(c, k, scale) for c in letters) for k in range(n)]
    body = "\n".join(lines) + "\n"
    return body.replace(".", ",") if comma else body


WIDE = ",".join("%s_%.3gHz" % (name, cell("f", k)) for name in ("ZReal", "ZImag") for k in range(POINTS)) + \
    ",soc\n" + ",".join("%.6g" % cell(c, k) for c in "ri" for k in range(POINTS)) + ",0.5\n"

# format -> files
SPECTRA = {
    "biologic-mpt": [
        "EC-Lab ASCII FILE\nNb header lines : 4\nDevice : SP-150\nfreq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\tcycle number\n"
        + rows("frnc", "\t"),
        "EC-Lab ASCII FILE\r\nNb header lines : 3\r\nfreq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\r\n"
        + rows("frn", "\t", True).replace("\n", "\r\n")],
    "eclab-txt": ["freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\ttime/s\t\n" + rows("frnmdt", "\t")],
    "gamry-dta": ["EXPLAIN\nTAG\tEISPOT\nAREA\tQUANT\t1.5\tArea\nZCURVE\tTABLE\t8\n"
                  "\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\n\t#\ts\tHz\tohm\tohm\tV\tohm\tdeg\n\t"
                  + rows("xtfricmd", "\t").replace("\n", "\n\t")],
    "zplot": ["ZPLOT2 ASCII\n  Data Points:  8\n  Freq(Hz)    Ampl     Z'(a)   Z''(b)\nEnd Comments\n" + rows("fcri", " "),
              "\"ZPlotW Data File: Version 3.2c\"\n0,3,0\n8\n\"  Freq(Hz)    Ampl     Bias   Time(Sec)   "
              "Z'(a)    Z''(b)   GD   Err   Range\"\nEnd Comments\n" + rows("fcctriccc", ", ")],
    "nova-txt": ["Index;Frequency (Hz);Z' (\u03a9);-Z'' (\u03a9);Z (\u03a9);-Phase (\u00b0);Time (s)\n" + rows("xfrnmqt", ";", True)],
    "versastudio-par": ["<Application>\nName=VersaStudio\n</Application>\n<Segment1>\nType=2\nDefinition=Segment #, "
                        "Point #, E(V), Frequency(Hz), Z Real, Z Imag\n" + rows("cxcfri") + "</Segment1>\n"],
    "parstat-txt": ["Potential (V)\tElapsed Time (s)\tFrequency (Hz)\tZre (ohms)\tZim (ohms)\n" + rows("ctfri", "\t")],
    "powersuite-txt": ["Frequency\t Zre\t Zimg\r\r\n" + rows("fri", "\t").replace("\n", "\r\r\n")],
    "chi-txt": ["May 1\nA.C. Impedance\nInstrument Model:  CHI660E\n\nFreq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg\n\n"
                + rows("frimd", ", ")],
    "novocontrol-txt": ["Freq. [Hz]\t\t Zs'[ohm] \t\t Zs''[ohm]\n" + rows("fri", "\t")],
    "zahner-txt": ["Number\tFrequency/Hz\tImpedance/Ohm\tPhase/deg\tSignificance\n" + rows("xfmdc", "\t")],
    "lcr": ["Keysight E4980AL\nFreq,|Z|,Theta (deg)\n" + rows("fmd")],
    "comsol-txt": ["% Model: a.mph\n% Version: COMSOL 6.1\n% freq (Hz)   real(Z) (ohm)   imag(Z) (ohm)\n" + rows("fri", "   ")],
    "wide-csv": [WIDE],
    "csv": [
        rows("fri"), rows("frn", "\t", True), rows("frimd", ";"), rows("fri", " "),
        "freq,|Z|,Phase(Z)/deg\n" + rows("fmd"), "freq,Zmod,phase (rad)\n" + rows("fmp"),
        "# a comment\n\nfreq,Zreal,Zimag\n[Hz],[Ohm],[Ohm]\n" + rows("fri"),
        "Frequency (kHz);Z' (mOhm);-Z'' (mOhm)\n" + rows("krn", ";", True, 1e-3),
        "omega,Zreal,Zimag\n" + rows("wri"),
        "freq,Zreal,Zimag,soc,cycle\n" + rows("frizc") + rows("fricx", n=6),
        "freq,Zreal,Zimag\n0,1,0\n" + rows("fri") + "NaN,overload,9.9e37\n1,2",
        "\ufefff/Hz,Z'/\u00b5\u03a9,Z''/\u00b5\u03a9\r\n" + rows("fri").replace("\n", "\r\n"),
    ],
}
BINARY = ["freq,Re,Im\n" + rows("fri", n=5)]


def spectra():
    for key, texts in SPECTRA.items():
        for k, s in enumerate(texts):
            yield "%s-%d" % (key, k), s.encode()
    yield "utf16", ("\ufeff" + BINARY[0]).encode("utf-16-le")
    yield "latin1", ("f/Hz,Z'/\u00b5,Z''\n" + rows("fri", n=5)).encode("latin-1")
    yield "simulated", eisfit("simulate", "--circuit", "R0-p(R1,CPE1)", "--set", "R0=10,R1=50,CPE1_Q=10u,CPE1_alpha=0.9",
                              "--fmin", "1", "--fmax", "1e5", "--per-decade", "2").encode()


def read_as():
    keys = list(SPECTRA) # in the order of the table of formats
    for k, key in enumerate(keys):
        for name, data in spectra():
            if name.startswith(key) or name.startswith("csv-0"):
                yield "%02d-%s" % (k, name), bytes([k]) + data


def read_with():
    table = "a,b,c,d\n" + rows("frix")
    for k, head in enumerate([
            "f=1,re=2,im=3\nf=Hz,z=ohm\n1,5-7\nall\n", "f=a,re=b,im=c\nf=kHz,z=mohm\n\n1n\n",
            "f=1,mod=2,phase=3\nphase=rad,z=kohm\n\nlk\n", "\n\n\nk\n", "\n\n2\n2\n", "f=1,re=2,im=3,sigma=4\n\n\n\n",
            "f=1,re=2,im=3,time=4,cycle=4\nf=rad/s\n\n\n"]):
        yield "table-%d" % k, (head + table).encode()
    for name, data in spectra():
        yield name, b"\n\n\n\n" + data


# ---- circuits, models ----

CIRCUITS = ["R0-p(R1,CPE1)-Wo1", "R0-p(R1-W1,C1)", "L0-R0-p(R1,CPE1)-p(R2-Wo1,CPE2)", "R(RQ)([RW]Q)", "R(QR)(LR)",
            "R{R=10/1/100}(C{C=1ef}R{:ct})", "p(R1,C1)-TLMQ0", "R_b-p(R_ct-Ws1,CPE_dl)-SCL_if", "R0-[R1,P1]",
            "[R(RC)]", "R0 - p( R1 , C1 )", "((R))", "p(p(R1,C1),R2-p(R3,C3))", "R{R=1f}", "R0-G1-K1-Zarc1-HN1"]


def circuits():
    for k, s in enumerate(CIRCUITS):
        yield "c%02d" % k, s.encode()
    symbols = [line.split(",")[0] for line in eisfit("elements").splitlines()]
    words = [w for line in symbols for w in line.split()[:1] if w[:1].isalpha() and w.isalnum()]
    for w in words:
        yield "e-" + w, ("%s1-p(R1,%s2)" % (w, w)).encode()


def dialects():
    for k in range(5):
        for name, data in circuits():
            if name[0] == "c":
                yield "%d-%s" % (k, name), bytes([k]) + data


ASSIGN = "sR_b=10,R1=1k\nfR_b\nbCPE1_alpha=0.5:1\nbR1=:100\ntR2=2*R1\nfC_dl=10u\nsCPE1_Q=4.7 uF\ntR_ct=R_b\nsCPE1_0=1e-5\n" \
         "bWo1_R=1:\nsSCL_if_n0=1e27\nfR2=5\n"
LAWS = ["R_b = each * arrhenius(Ea=0.3)", "R_b = shared", "R_ct = butler-volmer * arrhenius?", "R_cei = group(cell)",
        "R_b.Ea = 0.3/0/1", "C_cei = arrhenius(Ea=-R_cei.Ea)?", "R_cei = power(time_h) + linear(soc)", "R_b.Ea = 0.3f",
        "CPE_dl_alpha = /0.6/1", "R_ct = ocv(NCM)"]
PROCESS = """[cell]
electrolyte = sulfide 0.5, oxide 0.5
anode = Li 0.5, In-Li 0.5
coating = coated 0.5, uncoated 0.5
area = 0.2 to 4 cm2; prior
temperature = 5 to 55 C; prior
order = 0.5; prior

[background]
present = 0.1; prior
beyond = 0.03; prior
C = 1e-11 to 1 F/cm2; prior
f = 1e-3 to 1e8 Hz; prior
width = 0.25 to 2 decades; prior

[bulk]
name = bulk of the electrolyte
present = 0.9; prior
C = 7 to 130 pF/cm2; derived
C@oxide,Li = 30 to 300 pF/cm2; derived
f = 1e7 to 1e9 Hz; derived
R = 4 to 300 ohm cm2; derived
Ea = 0.25 to 0.45 eV; prior
thickness = 650 um; prior

[ct]
present = 0.8; prior
again = 0.1; prior
C = 1 to 200 uF/cm2; prior
f = 0.1 to 100 Hz; prior
above = bulk; order
dlnR_dSOC = -3 to 1; prior
soc_law = butler-volmer; theory
"""
MANIFEST = "file,sweep,cell,group,cycle,soc,temperature_C,area_cm2,note\na.csv,all,A,g1,1,0.2,25,1,first\n" \
           "b1.csv,1,B,g2,2,50,25,1,\n"
TABLE = "R*\ncycle=0:100\ncell,group,cycle,soc,name,value,stderr,unit,state\nA,g,0,0.5,R1,10,0.1,ohm,free\n" \
        "A,g,10,0.5,R1,11,0.1,ohm,free\nB,h,0,0.5,R1,12,,ohm,free\nB,h,10,0.5,C1,1e-6,1e-8,F,at-bound\n"
OCV = "# source: made up\n# status: prior\n# lithium: 0.95 0.30\nsoc,E_V\n0,3.5\n0.25,3.7\n0.5,3.8\n1,4.2\n"
MATERIAL = "eps_r=20,n0=1e27,nu=0.1,sigma=0.2 S/m\n[X]\neps_r = 7.2\nn0 = 2.2e28 1/m^3\nsigma = 3.5 mS/cm\nT_ref = 25 C\n" \
           "Ea = 0.3 eV\nnu = 0.5\nsource = two\n  lines\n"


def models():
    folder = os.path.join(TOP, "models")
    for name in sorted(os.listdir(folder)):
        if name.endswith(".model"):
            yield name, text_of("models", name).encode()
    yield "small", b"[model]\nname = m\ntitle = t\ncircuit = R_b-p(R_ct,C_dl)\nwhen = w\nreference = r\n[roles]\nR_b = bulk: b\n" \
        b"[parameters]\nR_b = 10/1/100\n[joint]\nR_b = arrhenius?\nR_ct = each\nC_dl = group(cell)\n"


OPTIONS = [
    "fit a.csv --model zarc --area 0.785 cm2 --set R1=10 --weight unit -v", "drt --tau-range 1us:100s --lambda 1e-3 --order 0,1,0.5",
    "drt --method bayes --resistance fit --inductance 1nH --capacitance none --band sampled", "kk x --fmin 10mHz --fmax 1MHz --exclude 1,5-7",
    "scl resistance --dphi=-0.1:0.4:0.05 --temperature 25C --thickness 650um", "scl inverse 1,10,100 --material LPSCl",
    "simulate --circuit R0 --noise 0.01 --seed 5 --per-decade 10", "convert --sweep 1-3,7 --columns f=1,re=2,im=3 --units f=kHz",
    "campaign run m.csv --shard 1/4 -j 2 --gate flag --max-time 2min", "trend t.csv --by cell,soc --x cycle", "compare s.db --reference a --json",
    "arrhenius t.csv --form 1/R -o -", "joint m.csv --starts 5 --ci profile", "report s.db --curves 10", "models --json", "help fit",
    "elements -q", "formats --help", "version", "fit -- -x", "fit --soc 0.5 --temperature 298K --optimizer nlopt:slsqp --bootstrap 100"]
PATTERNS = ["cell{cell}/soc{soc_percent}_*\ncell1/soc20_a.csv\ncell2/soc50_b.csv\ncell2/soc80_b.csv\n",
            "{cell}_{cycle}*\nA_1.csv\nA_2.csv\nB_10_25C.csv\n", "*{time_h}h*\nx_1,5h_y.txt\nx_2h_z.txt\n",
            "\nNCM_cell1_cycle010_50SOC_25C.mpt\nNCM_cell2_cycle020_80SOC_60C.mpt\ncoated/B3/0100.csv\n"]
NUMBERS = ["1.5", "-2e-300", "4.7 uF", "10Meg", "0.785 cm2", "650 um", "25 C", "298 K", "3e-5 m^2", "1,5", "2 min", "10 mHz", "inf",
           "0x10", "1e999", "+.5e+1", "1_0", "12345678901234567890123", "100 %", "-5 C", "1 h", "3 kHz", "5e-324"]


def store():
    for how in range(0, 64, 3):
        yield "plain-%d" % how, bytes([how % 4, how])
        for table in range(13):
            if (table + how) % 5 == 0:
                yield "update-%d-%d" % (how, table), bytes([how % 4, how]) + b"".join(
                    bytes([ord("u"), table, column, column % 3, (how + column * 5) % 24]) for column in range(1, 9))
    for at in range(0, 24000, 997):
        yield "byte-%d" % at, bytes([at % 4, at % 256]) + bytes([ord("b"), at // 256, at % 256, at % 255, 0])


def lines(prefix, texts):
    return [("%s%02d" % (prefix, k), s.encode()) for k, s in enumerate(texts)]


TARGETS = {
    "assign": lambda: [("all", ASSIGN.encode())] + lines("a", ASSIGN.split("\n")),
    "circuit": circuits, "dialect": dialects, "law": lambda: lines("l", LAWS + ["\n".join(LAWS)]),
    "manifest": lambda: lines("m", [MANIFEST, "file;soc\n*.csv;0,5\n", "file\nb[12].csv\na.csv\n"]),
    "material": lambda: lines("m", [MATERIAL]), "model": models, "number": lambda: lines("n", NUMBERS),
    "ocv": lambda: lines("o", [OCV, "0 3\n50 3.5\n100 4\n", text_of("models", "ocv", "LFP.csv")[:900]]),
    "options": lambda: lines("o", [s.replace(" ", "\n") for s in OPTIONS]),
    "pattern": lambda: lines("p", PATTERNS), "process": lambda: lines("p", [PROCESS, PROCESS[PROCESS.index("[back"):]]),
    "read": spectra, "read_as": read_as, "read_with": read_with, "store": store,
    "table": lambda: lines("t", [TABLE, "R1,C*\ngroup=g\n" + TABLE[TABLE.index("cell"):],
                                 "\n\ncell,cycle,R1,R1_stderr\nA,0,10,1\nA,5,11,1\n"]),
}


def write(folder):
    for target, made in TARGETS.items():
        where = os.path.join(folder, target)
        os.makedirs(where, exist_ok=True)
        for name, data in made():
            with open(os.path.join(where, name), "wb") as f:
                f.write(data)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write(sys.argv[1])
