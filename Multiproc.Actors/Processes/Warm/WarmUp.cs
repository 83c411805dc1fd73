using System.Reflection;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Processes.Warm;

/// <summary>
/// The work of a warm process before it is used. It is sent like any other start, so that the process goes through all steps of a start once: the first
/// time takes many times as long as the next.
/// </summary>
internal sealed class WarmUp(WarmHostOptions options, string? program, ChildWork[] ownWorks) : ChildWork
{
    /// <summary>The library's own kinds of work that are worth rehearsing; set by the layers that know them.</summary>
    public static ChildWork[] OwnWorks { get; set; } = [];

    public static ChildStart Rehearsal(WarmHostOptions options) => new(
        "", "", false, CurrentProcess.Instance.Name, Environment.ProcessId, ProcessKey.Current.Bytes,
        ProcessKey.Current.IsOfProgram ? default : ProcessKey.Current.Program, WorkingFolder.Current,
        CultureTravel.OfThisThread(), StartMethod.ForkServer, ChildStart.NoLog, WaitForDebugger: false, Settings.ForChildren, Payload.Empty,
        Serializer.Pack<ChildWork>(new WarmUp(options, Assembly.GetEntryAssembly()?.GetName().Name, OwnWorks)));

    public override void Rehearse(Peer parent)
    {
        foreach (var work in ownWorks)
        {
            work.Rehearse(parent);
        }
    }

    public override void Run()
    {
        Serializer.Unpack<ChildWork>(Serializer.Pack<ChildWork>(new ActionWork(static () => { }))).Run();
        Serializer.Unpack<ChildWork>(Serializer.Pack<ChildWork>(new ActionWork<string>(static _ => { }, ""))).Run();
        if (program is not null)
        {
            TypeResolver.Prepare(program);
        }

        foreach (string name in options.Preload)
        {
            Assembly.Load(new AssemblyName(name));
        }

        options.WarmUp?.Invoke();
    }
}
