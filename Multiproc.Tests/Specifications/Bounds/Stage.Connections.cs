using System.Net;

namespace Multiproc.Tests.Specifications.Bounds;

/// <content>Connections, listeners and clients.</content>
public sealed partial class Stage
{
    private static Subject Among(bool ready)
    {
        var (first, second) = Mp.Pipe();
        if (ready)
        {
            second.Send(1);
        }

        return new Subject(null, "connections") { Owned = [first, second], Arguments = { ["objects"] = new object[] { first } } };
    }

    private static Subject Pipe(string name, bool ready)
    {
        var (first, second) = Mp.Pipe();
        return Connected(first, second, name, ready, "a pipe");
    }

    private static Subject Socket(string name, bool ready)
    {
        using var listener = new Listener(NewPath());
        var second = Client.Connect(listener.Address);
        return Connected(listener.Accept(InChildBound), second, name, ready, "a connection over a socket");
    }

    private static Subject Connected(Connection first, Connection second, string name, bool ready, string variant)
    {
        bool sends = name.StartsWith("Send", StringComparison.Ordinal);
        if (ready && !sends)
        {
            if (name == "Recv")
            {
                second.Send(1);
            }
            else
            {
                second.SendBytes<byte>([1, 2, 3]);
            }
        }

        return new Subject(first, variant)
        {
            Owned = [first, second],
            Untouched = sends ? () => second.Poll().ShouldBeFalse("nothing was sent") : () => first.Poll(TimeSpan.Zero).ShouldBe(ready),
        };
    }

    private static Subject Listening(bool ready)
    {
        var listener = new Listener(NewPath());
        var client = ready ? Client.Connect(listener.Address) : null;
        return new Subject(listener, "a listener") { Owned = [listener, client], Untouched = () => listener.LastAccepted.ShouldBeNull("nobody was taken in") };
    }

    private static Subject Connecting(BoundedMethod method)
    {
        var listener = method.Definition.GetParameters()[0].ParameterType == typeof(string)
            ? new Listener(NewPath())
            : new Listener(new IPEndPoint(IPAddress.Loopback, 0));
        int port = listener.Address.Contains(':', StringComparison.Ordinal) && int.TryParse(listener.Address.Split(':')[^1], out int number) ? number : 0;
        return new Subject(null, "a listener that waits")
        {
            Owned = [listener],
            Arguments =
            {
                ["address"] = method.Definition.GetParameters()[0].ParameterType == typeof(string) ? listener.Address : ("127.0.0.1", port),
                ["endpoint"] = new IPEndPoint(IPAddress.Loopback, port),
            },
        };
    }

    private static Subject Proving()
    {
        var (first, second) = Mp.Pipe();
        return new Subject(first, "a pipe")
        {
            Owned = [first, second], Arguments = { ["connection"] = first }, Untouched = () => second.Poll().ShouldBeFalse("nothing was sent"),
        };
    }

    private static string NewPath() => Path.Combine(Path.GetTempPath(), $"multiproc-{Guid.NewGuid():N}.sock");
}
