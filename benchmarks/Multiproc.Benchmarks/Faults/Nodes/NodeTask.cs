using System.Globalization;

namespace Multiproc.Benchmarks.Faults.Nodes;

/// <summary>What a process of a fault run is to do, as its arguments.</summary>
/// <param name="Folder">The folder of the run: key and histories.</param>
/// <param name="Storage">The file of the journal, or a connection string of PostgreSQL.</param>
/// <param name="Host">The address of the node.</param>
/// <param name="Port">Its port; 0 is any.</param>
/// <param name="Incarnation">Its number among all that the run starts.</param>
/// <param name="Seed">Of what its clients choose.</param>
/// <param name="Clients">How many clients it has; 0: it drains all objects of the run and ends.</param>
/// <param name="Begun">When the run began, by the clock of the machine.</param>
internal sealed record NodeTask(string Folder, string Storage, string Host, int Port, int Incarnation, int Seed, int Clients, long Begun)
{
    public const string Command = "cluster-fault-node";

    /// <summary>Objects are used for so long: histories of one object stay short.</summary>
    public static readonly TimeSpan RoundLasts = TimeSpan.FromSeconds(10);

    /// <summary>How many queues, locks and dictionaries a round has, each.</summary>
    public const int ObjectsOfARound = 2;

    /// <summary>How many keys are used of a dictionary.</summary>
    public const int Keys = 3;

    public ClusterOptions Options => new()
    {
        Name = "faults",
        Host = Host,
        Port = Port,
        AuthKey = File.ReadAllBytes(Path.Combine(Folder, "key")),
        Storage = Storage.Contains('=', StringComparison.Ordinal) ? ClusterStorage.PostgreSql(Storage) : ClusterStorage.Sqlite(Storage),
        Discovery = ClusterDiscovery.Storage,
        Timeout = TimeSpan.FromSeconds(60),
    };

    public string[] ToArguments() =>
    [
        Command, Folder, Storage, Host, Text(Port), Text(Incarnation), Text(Seed), Text(Clients), Text(Begun),
    ];

    public static NodeTask Parse(string[] words) => new(
        words[1], words[2], words[3], (int)Number(words[4]), (int)Number(words[5]), (int)Number(words[6]), (int)Number(words[7]), Number(words[8]));

    public int RoundAt(long now) => (int)((now - Begun) / RoundLasts.Ticks);

    public static string QueueOf(int round, int number) => $"queue {round}.{number}";

    public static string LockOf(int round, int number) => $"lock {round}.{number}";

    public static string DictionaryOf(int round, int number) => $"dictionary {round}.{number}";

    public static string ValueOf(int round, int number) => $"{Histories.History.ValuePrefix}{round}.{number}";

    public static string ListOf(int round, int number) => $"list {round}.{number}";

    public static string SetOf(int round, int number) => $"set {round}.{number}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
