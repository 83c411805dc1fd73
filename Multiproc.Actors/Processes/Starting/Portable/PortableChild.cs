using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Processes.Portable;

/// <summary>Runs the first steps of a child that was started without an inherited connection.</summary>
internal static class PortableChild
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(10);

    /// <returns>The exit code.</returns>
    public static int Run()
    {
        string endpoint = Line();
        ProcessKey.Current.Set(Convert.FromHexString(Line()));
        var ticket = Guid.Parse(Line());
        Console.SetIn(TextReader.Null);
        var link = UnixSocketConnector.Connect(endpoint, ProcessKey.Current.Bytes.Span, s_connectTimeout);
        return ChildHost.Run(link, parent =>
        {
            var writer = parent.BeginService(Service.Ticket);
            ticket.TryWriteBytes(writer.Take(16));
            parent.Send(writer);
        });
    }

    private static string Line() => Console.In.ReadLine() ?? throw new ProcessStartException("The parent closed its end before it sent its address.");
}
