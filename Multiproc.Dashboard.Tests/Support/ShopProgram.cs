using Multiproc.Dashboard.Collecting;
using Multiproc.Processes.Views;

namespace Multiproc.Dashboard.Tests.Support;

/// <summary>A program in which everything happens that the page can show: of a shop that draws pictures and sends letters. Moves on with each look.</summary>
/// <param name="name">What some of its processes, arguments and locks are called.</param>
internal sealed class ShopProgram(string name = ShopProgram.Markup) : IProgramSource
{
    public const int Pid = 41200;

    /// <summary>What a user may call a lock, a process or an argument.</summary>
    public const string Markup = "<script>document.title='taken'</script>";

    private const int Workers = 4;
    private readonly long _started = TimeProvider.System.GetUtcNow().AddMinutes(-42).ToUnixTimeMilliseconds();
    private readonly double[] _processor = new double[Workers + 3];
    private readonly double[] _tasks = new double[Workers];
    private int _look;
    private long _last = Environment.TickCount64;

    /// <summary>Whether two of its threads wait for each other.</summary>
    public bool IsDeadlocked { get; set; } = true;

    public ValueTask<IReadOnlyList<Sight>> LookAsync(CancellationToken cancellation)
    {
        int look = Interlocked.Increment(ref _look);
        long now = Environment.TickCount64;
        double seconds = (now - _last) / 1000.0;
        _last = now;
        for (int i = 0; i < Workers; i++)
        {
            _processor[i] += seconds * (0.34 + (0.05 * Math.Sin((look / 9.0) + i)) + (0.02 * Math.Sin((look * 0.7) + (i * 3))));
            _tasks[i] += seconds * (140 + (30 * Math.Sin((look / 11.0) + i)) + (14 * Math.Sin((look * 0.6) + i)));
        }

        _processor[Workers] += seconds * (0.12 + (0.03 * Math.Sin(look / 5.0)));
        _processor[Workers + 1] += seconds * 0.05;
        return ValueTask.FromResult<IReadOnlyList<Sight>>([new Sight(Pid, View(look))]);
    }

    private ProgramView View(int look) => new()
    {
        Milliseconds = _last,
        Pid = Pid,
        Name = "Shop",
        Processes =
        [
            new ProcessView(Pid, 0, "Shop", "program", "running", _processor[Workers], Memory(118, look, 6), _started),
            .. Enumerable.Range(0, Workers).Select(i => new ProcessView(
                Pid + 11 + i, Pid, $"PoolWorker-{i + 1}", "process", "running", _processor[i], Memory(64 + (9 * i), look + (7 * i), 11), _started + 1500)),
            new ProcessView(Pid + 20, Pid, "SyncManager-5", "manager", "running", _processor[Workers + 1], Memory(48, look, 1), _started + 900),
            new ProcessView(Pid + 21, Pid, $"letters {name}", "process", "stopped", 3.2, Memory(39, 0, 0), _started + 60_000),
        ],
        Pools = [Thumbnails(look)],
        Objects = Objects(look),
        Deadlocks = IsDeadlocked
            ?
            [
                new DeadlockView(
                [
                    new DeadlockStepView("", Pid, 7, "lock 3", "Shop.Orders.Reserve in Orders.cs:88"),
                    new DeadlockStepView("", Pid + 12, 4, "lock 5", "Shop.Stock.Move in Stock.cs:41"),
                ]),
            ]
            : [],
        Cluster = Cluster(look),
    };

    private PoolView Thumbnails(int look) => new()
    {
        Pid = Pid,
        Number = 1,
        Name = "thumbs",
        State = "running",
        Done = 18_200 + (long)_tasks.Sum(),
        Failed = 3,
        Retried = 1,
        Died = 2,
        Workers =
        [
            .. Enumerable.Range(0, Workers).Select(i => new WorkerView(
                Pid + 11 + i, $"PoolWorker-{i + 1}", "", 4_550 + (long)_tasks[i], 2300 + (40 * i), 12.5 + i)),
        ],
        Calls =
        [
            new CallView(812, "map", 4_210 + (look * 52), 3, 12_000, 81.4 + look),
            new CallView(819, "imap", 377 + (look * 3), 0, null, 24.9 + look),
            new CallView(820, "apply", 0, 0, 1, 0.3),
        ],
        SlowTasks =
        [
            new SlowTaskView(3_117, "\"panorama-0117.tiff\"", 4.812), new SlowTaskView(88, "\"catalogue-cover.psd\"", 3.09),
            new SlowTaskView(2_904, $"\"{name}\"", 1.377),
        ],
        Deaths =
        [
            new DeathView(
                TimeProvider.System.GetUtcNow().AddSeconds(-48).ToUnixTimeMilliseconds(), Pid + 9, "PoolWorker-2", "", "signal 11 (SIGSEGV)", 3_002, false,
                "libvips: tile 14 of panorama-0093.tiff: corrupt strip\nFatal error. 0xC0000005"),
            new DeathView(
                TimeProvider.System.GetUtcNow().AddMinutes(-12).ToUnixTimeMilliseconds(), Pid + 7, "PoolWorker-4", "", "signal 9 (SIGKILL)", null, true, ""),
        ],
        Advice = ["Workers waited for 1 % of their time: more workers would not help on 4 processors."],
    };

    private static IReadOnlyList<ObjectView> Objects(int look) =>
    [
        new ObjectView(
            Pid, 2, "queue", 0, [], [new PartyView(Pid + 21, 1, WaitedSeconds: 3.4)], Counts(("items", 40 + (long)(34 * Math.Sin(look / 8.0))))),
        new ObjectView(Pid + 20, 4, "joinable queue", 0, [], [], Counts(("items", 3 + (look % 5)), ("unfinished", 9))),
        new ObjectView(Pid, 3, "lock", 64, [new PartyView(Pid + 12, 4, 1)], [new PartyView(Pid, 7, WaitedSeconds: 71.2)], Counts(("fence", 318))),
        new ObjectView(Pid, 5, "lock", 64, [new PartyView(Pid, 7, 1)], [new PartyView(Pid + 12, 4, WaitedSeconds: 70.9)], Counts(("fence", 77))),
        new ObjectView(Pid, 6, "semaphore", 64, [new PartyView(Pid + 13, 0, 2)], [], Counts(("permits", 1))),
        new ObjectView(Pid, 8, "event", 64, [], [], Counts(("set", 0))),
        new ObjectView(Pid, 9, "SharedArray<Double>[4096]", 32_768, [], [], Counts()),
        new ObjectView(Pid + 20, 7, "dictionary", 0, [], [], Counts(("items of the cart", 1_204))),
    ];

    private ClusterView Cluster(int look) => new(
        "10.0.0.1:4053",
        [
            new MemberView("10.0.0.1:4053", ["web"], "Up", true, true), new MemberView("10.0.0.2:4053", ["worker"], "Up", true, false),
            new MemberView("10.0.0.3:4053", ["worker"], "Up", false, false),
        ],
        [
            new ClusterObjectView("orders", "queue", "10.0.0.2:4053", [], [], Counts(("items", 200 + (look % 30)))),
            new ClusterObjectView(name, "lock", "10.0.0.1:4053", ["10.0.0.2:4053, process 5120, thread 9"], [], Counts(("fence", 5))),
        ],
        ["10.0.0.3:4053"], []);

    private static Dictionary<string, long> Counts(params (string Name, long Count)[] counts) =>
        counts.ToDictionary(static each => each.Name, static each => each.Count);

    private static long Memory(double mebibytes, int look, double swing) => (long)((mebibytes + (swing * (1 + Math.Sin(look / 14.0)))) * 1048576);
}
