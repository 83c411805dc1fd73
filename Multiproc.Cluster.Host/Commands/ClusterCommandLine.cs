using System.CommandLine;
using Multiproc.Cluster.Operating;
using Multiproc.Host.Commands;

namespace Multiproc.Cluster.Host.Commands;

/// <summary>Asks a running node about its cluster: <c>multiproc-host cluster members --node 10.0.0.1:4053 --authkey-file key</c>.</summary>
internal static class ClusterCommandLine
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    public static Command Make() => new("cluster", "Looks at a cluster, or changes its members, by asking one of its nodes.")
    {
        Make("members", "Prints the members, as the node that is asked knows them.", null, static (_, _) => new ToOperator.Members()),
        Make(
            "objects",
            "Prints the objects that are in use: where each lives, who holds it, who waits for it.",
            null,
            static (_, _) => new ToOperator.Inspect()),
        Make(
            "leave",
            "Has a node leave the cluster: its objects move to others first.",
            new Argument<string?>("address")
            {
                Description = "The node that is to leave, as host:port. Default: the one that is asked.", Arity = ArgumentArity.ZeroOrOne,
            },
            static (node, address) => new ToOperator.Leave(address ?? node)),
        Make(
            "down",
            "Has the cluster go on without a node that is unreachable, when the majority has not decided so itself.",
            new Argument<string?>("address") { Description = "The node to go on without, as host:port.", Arity = ArgumentArity.ExactlyOne },
            static (_, address) => new ToOperator.Down(address!)),
    };

    private static Command Make(string verb, string description, Argument<string?>? address, Func<string, string?, ToOperator> question)
    {
        var node = new Option<string>("--node") { Description = "The node to ask, as host:port.", Required = true };
        var (name, keyFile) = (CommonOptions.Name(), CommonOptions.KeyFile());
        var command = new Command(verb, description) { node, name, keyFile };
        if (address is not null)
        {
            command.Add(address);
        }

        command.SetAction(parsed => CommandErrors.Guarded(() =>
        {
            string asked = parsed.GetValue(node)!;
            var client = new OperatorClient(parsed.GetValue(name)!, asked, KeyFile.Read(parsed.GetValue(keyFile)!), s_patience);
            return Print(client.AskAsync(question(asked, address is null ? null : parsed.GetValue(address))).GetAwaiter().GetResult());
        }));
        return command;
    }

    private static int Print(FromOperator answer)
    {
        switch (answer)
        {
            case FromOperator.MembersAre { Members: var members }:
                foreach (var each in members)
                {
                    string roles = each.Roles.Count == 0 ? "" : $", roles {string.Join(", ", each.Roles)}";
                    Console.WriteLine($"{each.Address}: {each.Status}{(each.IsReachable ? "" : ", unreachable")}{roles}{(each.IsSelf ? " (asked)" : "")}");
                }

                return 0;
            case FromOperator.InspectionIs { Report: var report }:
                foreach (var each in report.Objects)
                {
                    Console.WriteLine(each);
                }

                foreach (string silent in report.Silent)
                {
                    Console.Error.WriteLine($"multiproc-host: {silent} did not answer: its objects are missing.");
                }

                return report.Silent.Count == 0 ? 0 : 1;
            case FromOperator.Done { Text: var text }:
                Console.WriteLine(text);
                return 0;
            default:
                throw new MultiprocException($"The node gave an answer that this version does not know ({answer.GetType().Name}): use the node's version.");
        }
    }
}
