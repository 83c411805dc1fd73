using Multiproc.Objects;
using Multiproc.Objects.Peers;
using Multiproc.Processes.Linux;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Processes;

/// <summary>The life of a child: adopt the connection, wait for the work, run it, leave as a process should.</summary>
internal static class ChildBoot
{
    private const int UnhandledExitCode = 1;

    private static Peer? s_parent;

    public static Peer Parent => s_parent ?? throw new InvalidOperationException("This process was not started by Multiproc: it has no parent to talk to.");

    /// <summary>Tells the parent that this server can be asked from now on.</summary>
    public static void ReportReady() => Report(ProcessMessage.Ready);

    /// <returns>The exit code.</returns>
    public static int Run(ILink connection, Action<Peer>? introduce = null)
    {
        var parent = Home.Current.Join(connection);
        var started = new WaitSlot();
        ChildStart? start = null;
        parent.Serve(Service.Process, (Peer _, ref WireReader message) =>
        {
            byte kind = message.Byte();
            if (kind != (byte)ProcessMessage.Start || start is not null)
            {
                throw new SerializationException($"Malformed frame: process message {kind} is not for a child, or came twice.");
            }

            start = ChildStart.ReadFrom(ref message);
            started.Complete();
        });

        // A child outlives its parent by nothing: there is nobody left who could want its work or see its end.
        parent.Closed += (_, _) => ProcessEnd.Immediately();
        s_parent = parent;
        parent.SayHello();
        introduce?.Invoke(parent);
        Report(ProcessMessage.Booted);
        parent.Listen();
        Reactor.Current.WaitUntil(started, null, CancellationToken.None);
        return Run(start!, parent);
    }

    private static void Report(ProcessMessage message)
    {
        var writer = Parent.BeginService(Service.Process);
        writer.Byte((byte)message);
        Parent.Send(writer);
    }

    private static int Run(ChildStart start, Peer parent)
    {
        CurrentProcess.Become(new CurrentProcess(
            start.Name, start.Lineage, start.Daemon, new ParentProcess(start.ParentName, start.ParentPid, parent)));
        ProcessKey.Current.Set(start.AuthKey.Span);
        try
        {
            if (start.Directory.Length > 0 && Environment.CurrentDirectory != start.Directory)
            {
                Environment.CurrentDirectory = start.Directory;
            }

            Settings.Inherit(start.Settings);
            Serializer.Unpack<ChildWork>(start.Work).Run();
            return 0;
        }
        catch (Exception failure)
        {
            Console.Error.WriteLine($"Process {start.Name}:{Environment.NewLine}{failure}");
            return UnhandledExitCode;
        }
        finally
        {
            Children.Current.Leave();
        }
    }
}
