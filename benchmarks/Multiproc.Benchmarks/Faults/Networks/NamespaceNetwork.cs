using System.Diagnostics;

namespace Multiproc.Benchmarks.Faults.Networks;

/// <summary>
/// Each node in a network namespace of its own, at a bridge. All names begin with the process id of the run: what a killed run has left is removed by the next
/// one.
/// </summary>
internal sealed class NamespaceNetwork : FaultNetwork
{
    private const string Mark = "mpf";
    private const int Port = 4053;

    /// <summary>Delay and loss where the kernel has netem; else a narrow link with a short queue, which gives both under load.</summary>
    private static readonly string[] s_delayed = ["netem", "delay", "30ms", "20ms", "loss", "3%"];
    private static readonly string[] s_narrow = ["tbf", "rate", "400kbit", "burst", "8kb", "latency", "200ms"];

    private readonly string _name = $"{Mark}{Environment.ProcessId}";
    private readonly int _nodes;
    private readonly int _subnet;

    private NamespaceNetwork(int nodes)
    {
        _nodes = nodes;
        _subnet = Environment.ProcessId % 250;
    }

    public override bool CanBeDisturbed => true;

    private string Bridge => $"{_name}b";

    /// <summary>Makes the network; null where this process may not.</summary>
    public static NamespaceNetwork? TryMake(int nodes)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !File.Exists("/usr/sbin/ip") && !File.Exists("/sbin/ip"))
        {
            return null;
        }

        RemoveLeftOver();
        var network = new NamespaceNetwork(nodes);
        try
        {
            network.Make();
            return network;
        }
        catch (InvalidOperationException impossible)
        {
            Console.WriteLine($"No network namespaces: {impossible.Message}");
            network.Dispose();
            return null;
        }
    }

    public override IReadOnlyList<string> PrefixOf(int node) => ["ip", "netns", "exec", NamespaceOf(node)];

    public override (string Host, int Port) AddressOf(int node) => ($"10.213.{_subnet}.{node + 1}", Port);

    public override string AddressOfHost => $"10.213.{_subnet}.254";

    public override void Cut(int node, bool isCut) => Run("ip", "link", "set", OuterOf(node), isCut ? "down" : "up");

    public override void Slow(int node, bool isSlow)
    {
        if (!isSlow)
        {
            Run("tc", "qdisc", "del", "dev", OuterOf(node), "root");
        }
        else if (!Succeeds("tc", ["qdisc", "add", "dev", OuterOf(node), "root", .. s_delayed]))
        {
            Run("tc", ["qdisc", "add", "dev", OuterOf(node), "root", .. s_narrow]);
        }
    }

    public override void Dispose()
    {
        for (int node = 0; node < _nodes; node++)
        {
            Succeeds("ip", "link", "del", OuterOf(node));
            Succeeds("ip", "netns", "del", NamespaceOf(node));
        }

        Succeeds("ip", "link", "del", Bridge);
    }

    public override string ToString() => "network namespaces";

    private static void RemoveLeftOver()
    {
        foreach (string name in Names("/run/netns").Concat(Names("/sys/class/net")).Where(static each => each.StartsWith(Mark, StringComparison.Ordinal)))
        {
            string pid = new([.. name.Skip(Mark.Length).TakeWhile(char.IsAsciiDigit)]);
            if (!Directory.Exists($"/proc/{pid}"))
            {
                Succeeds("ip", "link", "del", name);
                Succeeds("ip", "netns", "del", name);
            }
        }
    }

    private static string[] Names(string folder) => Directory.Exists(folder)
        ? [.. Directory.GetFileSystemEntries(folder).Select(static each => Path.GetFileName(each))]
        : [];

    private static void Run(string program, params string[] arguments)
    {
        if (!Succeeds(program, arguments))
        {
            throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' failed.");
        }
    }

    private static bool Succeeds(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private void Make()
    {
        Run("ip", "link", "add", Bridge, "type", "bridge");
        Run("ip", "addr", "add", $"{AddressOfHost}/24", "dev", Bridge);
        Run("ip", "link", "set", Bridge, "up");
        for (int node = 0; node < _nodes; node++)
        {
            string inner = $"{_name}i{node}";
            Run("ip", "netns", "add", NamespaceOf(node));
            Run("ip", "link", "add", OuterOf(node), "type", "veth", "peer", "name", inner);
            Run("ip", "link", "set", inner, "netns", NamespaceOf(node));
            Run("ip", "link", "set", OuterOf(node), "master", Bridge, "up");
            Inside(node, "addr", "add", $"{AddressOf(node).Host}/24", "dev", inner);
            Inside(node, "link", "set", inner, "up");
            Inside(node, "link", "set", "lo", "up");
        }
    }

    private void Inside(int node, params string[] command) => Run("ip", ["-n", NamespaceOf(node), .. command]);

    private string NamespaceOf(int node) => $"{_name}n{node}";

    private string OuterOf(int node) => $"{_name}o{node}";
}
