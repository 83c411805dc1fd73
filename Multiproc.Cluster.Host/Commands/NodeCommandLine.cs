using System.CommandLine;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Multiproc.Host.Commands;

namespace Multiproc.Cluster.Host.Commands;

/// <summary>
/// Runs a bare node until it is told to leave: <c>multiproc-host node --seed 10.0.0.1:4053 --host 10.0.0.2 --port 4053 --authkey-file key --storage db</c>.
/// </summary>
internal static class NodeCommandLine
{
    public static Command Make()
    {
        var seeds = new Option<string[]>("--seed")
        {
            Description = "A node to join, as host:port; several times for several. A node that is its own first seed begins a cluster when no other answers; "
                + "one without seeds begins one at once.",
            DefaultValueFactory = _ => [],
        };
        var discovery = new Option<string?>("--discovery")
        {
            Description = "How to find nodes in place of seeds: storage (those that use the same storage), dns:NAME:PORT, env[:VARIABLE], or "
                + "akka:METHOD:SERVICE[:PORT] with a method of Akka.Discovery, such as akka:config:jobs, with its settings in --hocon.",
        };
        var host = new Option<string>("--host")
        {
            Description = "The address at which the other nodes reach this one.", DefaultValueFactory = _ => "127.0.0.1",
        };
        var port = new Option<int>("--port") { Description = "The TCP port; 0 is any that is free.", DefaultValueFactory = _ => 0 };
        var roles = new Option<string[]>("--role") { Description = "A role of this node; several times for several.", DefaultValueFactory = _ => [] };
        var storage = new Option<string>("--storage")
        {
            Description = "Where the journals are, the same for all nodes: sqlite:PATH for nodes of one machine, or postgresql:FILE, a file with the "
                + "connection string, readable only by its owner (mode 600).",
            Required = true,
        };
        var code = new Option<string?>("--accept-code")
        {
            Description = "Takes code that pools of other nodes send, for workers of programs that this node does not have, into a folder that only this user "
                + $"can use; by default {NodeArguments.CodeFolder}. Without it such pools are refused.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var poolPort = new Option<int>("--pool-port")
        {
            Description = "The TCP port at which pools of other nodes reach the workers of this one; 0 is any that is free. Opened when a pool asks.",
            DefaultValueFactory = _ => 0,
        };
        var settings = new Option<FileInfo?>("--hocon") { Description = "A file with settings of Akka.NET, which go before those of the library." };
        var (name, keyFile) = (CommonOptions.Name(), CommonOptions.KeyFile());
        var command = new Command("node", "Runs a bare node of a cluster until SIGTERM or Ctrl+C, at which its objects move to other nodes.")
        {
            seeds, discovery, host, port, roles, name, keyFile, storage, code, poolPort, settings,
        };
        command.SetAction(parsed => CommandErrors.Guarded(() => Run(new ClusterOptions
        {
            Name = parsed.GetValue(name)!,
            Seeds = parsed.GetValue(seeds)!,
            Discovery = parsed.GetValue(discovery) is { } how ? NodeArguments.ParseDiscovery(how) : null,
            Host = parsed.GetValue(host)!,
            Port = parsed.GetValue(port),
            Roles = parsed.GetValue(roles)!,
            AuthKey = KeyFile.Read(parsed.GetValue(keyFile)!),
            Storage = NodeArguments.ParseStorage(parsed.GetValue(storage)!),
            CodeFolder = parsed.GetResult(code) is null ? null : parsed.GetValue(code) ?? NodeArguments.CodeFolder,
            PoolPort = parsed.GetValue(poolPort),
            Hocon = parsed.GetValue(settings) is { } file ? File.ReadAllText(file.FullName) : "",
        })));
        return command;
    }

    private static int Run(ClusterOptions options)
    {
        Mp.LogToStderr(LogLevel.Warning);
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        ClusterContext cluster;
        try
        {
            cluster = Mp.Cluster(options, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Console.WriteLine("Stopped before it had joined.");
            return 0;
        }

        using (cluster)
        {
            Console.WriteLine($"Node {cluster.Address} of cluster '{options.Name}' is up: {cluster.Members.Count} members, {options.Storage}.");
            using var stopped = new ManualResetEventSlim();
            using var told = stop.Token.Register(stopped.Set);
            _ = cluster.Node.Ended.ContinueWith(_ => stopped.Set(), TaskScheduler.Default);
            stopped.Wait();
            if (cluster.Node.WasRemoved)
            {
                throw new ConnectionLostException(
                    $"{cluster.Address} is no longer in cluster '{options.Name}': the majority of its nodes could not reach it, and went on without it, or it "
                    + "was taken down by a command. Look at the network, and start it again.");
            }

            Console.WriteLine("Leaving.");
        }

        Console.WriteLine("Left.");
        return 0;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
