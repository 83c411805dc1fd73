using System.Reflection;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Processes.Warm;

/// <summary>
/// The work of a warm process before it is used. It comes as a start like any other, so that all that a start goes through is gone through once: what a
/// process does for the first time takes it many times as long.
/// </summary>
internal sealed class WarmUp(WarmHostOptions options, string? program, ChildWork[] ownWorks) : ChildWork
{
    /// <summary>The works of this library that are worth a rehearsal; set by those who know them.</summary>
    public static ChildWork[] OwnWorks { get; set; } = [];

    public static ChildStart Rehearsal(WarmHostOptions options) => new(
        "", "", false, CurrentProcess.Instance.Name, Environment.ProcessId, ProcessKey.Current.Bytes, ProcessKey.Current.IsOfProgram ? default : ProcessKey.Current.Program, WorkingFolder.Current,
        CultureTravel.OfThisThread(), StartMethod.ForkServer, ChildStart.NoLog, Settings.ForChildren, Payload.Empty,
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
