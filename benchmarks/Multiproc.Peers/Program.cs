using System.CommandLine;
using Multiproc.Peers;
using Multiproc.Peers.Calls;
using Multiproc.Peers.Clusters;
using Multiproc.Peers.Pools;

if (args is [ServedProcess.Command, var kind, var address])
{
    await (kind switch
    {
        JsonRpcPeer.PipeKind => JsonRpcPeer.ServePipeAsync(address),
        JsonRpcPeer.SocketKind => JsonRpcPeer.ServeSocketAsync(address),
        GrpcPeer.Kind => GrpcPeer.ServeAsync(address),
        AkkaPeer.Kind => AkkaPeer.ServeAsync(),
        JsonLinesPeer.Kind => JsonLinesPeer.ServeAsync(),
        PipePeer.Kind => PipePeer.ServeAsync(address),
        OrleansPeer.Kind => OrleansPeer.ServeAsync(address),
        MutexPeer.Kind => MutexPeer.ServeAsync(address),
        _ => throw new ArgumentException($"'{kind}' is no peer."),
    }).ConfigureAwait(false);
    return 0;
}

var rounds = new Option<int>("--rounds") { Description = "How often each is measured.", DefaultValueFactory = _ => 3 };
var output = new Option<DirectoryInfo>("--output")
{
    Description = "Where the table goes.", DefaultValueFactory = _ => new DirectoryInfo("benchmarks/results"),
};
var local = new Command("local", "Measures other ways of .NET to use a second process, and loops on threads, beside this library, and writes a table.")
{
    rounds,
    output,
};
local.SetAction((parsed, _) => Tables.WriteAsync(
    parsed.GetValue(output)!,
    "peers-local",
    "Multiproc and other ways to use a second process",
    $"""
    {parsed.GetValue(rounds)} rounds, in turn, each in fresh processes after a warm-up of 3 s: all calls of all rounds; medians of the rates.
    A call has one string as its argument and its result. Messages need no replies; the clock stops when the other process has said that it has read all.
    """,
    async text =>
    {
        await CallComparison.RunAsync(parsed.GetValue(rounds), text).ConfigureAwait(false);
        text.AppendLine().AppendLine("## Loops").AppendLine();
        await LoopComparison.RunAsync(parsed.GetValue(rounds), text).ConfigureAwait(false);
    }));

var cluster = new Command("cluster", "Measures what programs use between machines today beside this library, and writes a table.")
{
    rounds,
    output,
};
cluster.SetAction((parsed, _) => Tables.WriteAsync(
    parsed.GetValue(output)!,
    "peers-cluster",
    "Objects and pools of a cluster, and what programs use between machines today",
    $"""
    Medians of {parsed.GetValue(rounds)} rounds of one second, in turn, after a warm-up; all servers, nodes and silos are processes of this machine, on
    loopback.
    "us each" is what one caller waits. Multiproc's journal and SKIP LOCKED are in the same PostgreSQL server with its settings as they are (every commit on
    the disk); connections of Multiproc's nodes, and of nobody else, are encrypted.
    """,
    text => ClusterComparison.RunAsync(parsed.GetValue(rounds), text)));
return await new RootCommand("Peers of Multiproc, measured beside it.") { local, cluster }.Parse(args).InvokeAsync().ConfigureAwait(false);
