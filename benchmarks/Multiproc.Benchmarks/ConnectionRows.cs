namespace Multiproc.Benchmarks;

internal static class ConnectionRows
{
    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;
    private const string AnyPort = "127.0.0.1:0";

    private static readonly byte[] s_authKey = [.. "benchmark"u8];

    public static IReadOnlyList<Row> All { get; } =
    [
        new("pipe_pingpong_64B", "us", PingPongOfBytes),
        new("pipe_pingpong_object", "us", PingPongOfObjects),
        new("pipe_throughput_64KiB", "MB/s", () => Throughput(64 * KiB, 16_000, duplex: false)),
        new("pipe_throughput_1MiB", "MB/s", () => Throughput(MiB, 500, duplex: false)),
        new("pipe_duplex_throughput_64KiB", "MB/s", () => Throughput(64 * KiB, 24_000, duplex: true)),
        new("pipe_duplex_throughput_1MiB", "MB/s", () => Throughput(MiB, 500, duplex: true)),
        new("connection_listener_client_auth", "connections/s", () => ConnectRepeatedly(null)),
        new("connection_listener_client_auth_inet", "connections/s", () => ConnectRepeatedly(AnyPort)),
        new("listener_pingpong_unix", "us", () => ListenerPingPong(null, 64, 15_000)),
        new("listener_pingpong_inet", "us", () => ListenerPingPong(AnyPort, 64, 15_000)),
        new("listener_pingpong_unix_64KiB", "us", () => ListenerPingPong(null, 64 * KiB, 4_000)),
        new("listener_pingpong_inet_64KiB", "us", () => ListenerPingPong(AnyPort, 64 * KiB, 4_000)),
    ];

    private static void EchoBytes(Connection connection, int count)
    {
        for (int i = 0; i < count; i++)
        {
            connection.SendBytes<byte>(connection.RecvBytes());
        }
    }

    private static void EchoObjects(Connection connection, int count)
    {
        for (int i = 0; i < count; i++)
        {
            connection.Send(connection.Recv<(int, string, double)>());
        }
    }

    private static void Swallow((Connection Reader, Connection Done) ends, int count)
    {
        for (int i = 0; i < count; i++)
        {
            ends.Reader.RecvBytes();
        }

        ends.Done.SendBytes("done"u8);
    }

    private static void AcceptAndClose(Place place, int count)
    {
        using var listener = place.Listen();
        for (int i = 0; i < count; i++)
        {
            listener.Accept().Close();
        }
    }

    private static void AcceptAndEcho(Place place, int count)
    {
        using var listener = place.Listen();
        using var connection = listener.Accept();
        EchoBytes(connection, count);
    }

    private static double PingPongOfBytes()
    {
        const int Count = 25_000;
        const int WarmUp = 200;
        var (here, there) = Mp.Pipe();
        using var children = new ChildGroup().Add(EchoBytes, there, Count + WarmUp);
        children.Go();
        return RoundTrips(here, 64, Count, WarmUp);
    }

    private static double PingPongOfObjects()
    {
        const int Count = 15_000;
        const int WarmUp = 200;
        var (here, there) = Mp.Pipe();
        using var children = new ChildGroup().Add(EchoObjects, there, Count + WarmUp);
        children.Go();
        Run(WarmUp);
        return Clock.Microseconds(Count, () => Run(Count));

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                here.Send((1, "abc", 2.5));
                here.Recv<(int, string, double)>();
            }
        }
    }

    private static double Throughput(int blockBytes, int count, bool duplex)
    {
        byte[] block = new byte[blockBytes];
        var (reader, writer) = Mp.Pipe(duplex);
        var (done, acknowledge) = Mp.Pipe(duplex: false);
        using var children = new ChildGroup().Add(Swallow, (reader, acknowledge), count);
        children.Go();
        return Clock.PerSecond(count * (double)blockBytes / 1e6, () =>
        {
            for (int i = 0; i < count; i++)
            {
                writer.SendBytes<byte>(block);
            }

            done.RecvBytes();
        });
    }

    private static double ConnectRepeatedly(string? address)
    {
        const int Count = 3_000;
        var (hear, tell) = Mp.Pipe(duplex: false);
        using var children = new ChildGroup().Add(AcceptAndClose, new Place(address, tell), Count);
        children.Go();
        string found = hear.Recv<string>();
        return Clock.PerSecond(Count, () =>
        {
            for (int i = 0; i < Count; i++)
            {
                Client.Connect(found, s_authKey).Close();
            }
        });
    }

    private static double ListenerPingPong(string? address, int size, int count)
    {
        const int WarmUp = 20;
        var (hear, tell) = Mp.Pipe(duplex: false);
        using var children = new ChildGroup().Add(AcceptAndEcho, new Place(address, tell), count + WarmUp);
        children.Go();
        using var connection = Client.Connect(hear.Recv<string>(), s_authKey);
        return RoundTrips(connection, size, count, WarmUp);
    }

    private static double RoundTrips(Connection connection, int size, int count, int warmUp)
    {
        byte[] message = new byte[size];
        Run(warmUp);
        return Clock.Microseconds(count, () => Run(count));

        void Run(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                connection.SendBytes<byte>(message);
                connection.RecvBytes();
            }
        }
    }

    /// <summary>The address to listen at, and the connection over which to report it.</summary>
    private sealed record Place(string? Address, Connection Tell)
    {
        public Listener Listen()
        {
            var listener = new Listener(Address, authKey: s_authKey);
            Tell.Send(listener.Address);
            return listener;
        }
    }
}
