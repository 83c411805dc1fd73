// After "Listeners and Clients" in the documentation of Python's multiprocessing:
//     The following server code creates a listener which uses 'secret password' as an authentication key.
using Multiproc;

namespace Tour.Connections;

[Part(2, "A listener and a client, over TCP and a Unix socket, with a password")]
internal static class ListenerAndClient
{
    private static readonly byte[] s_password = [.. "secret password"u8];

    public static void Run()
    {
        Serve("TCP", new Listener("localhost:0", authKey: s_password));
        Serve("a Unix socket", new Listener(authKey: s_password));
    }

    private static void Serve(string kind, Listener listener)
    {
        using (listener)
        {
            using var stranger = Mp.Process(ReadAll, listener.Address, (byte[])[1, 2, 3]);
            stranger.Start();
            string verdict = "accepted";
            try
            {
                listener.Accept().Close();
            }
            catch (AuthenticationException refused)
            {
                verdict = refused.Message;
            }

            stranger.Join();
            Console.WriteLine($"over {kind}: {verdict}");
            using var client = Mp.Process(ReadAll, listener.Address, s_password);
            client.Start();
            using var connection = listener.Accept();
            connection.Send(new object?[] { 2.25, null, "junk", 3.5f });
            connection.SendBytes("hello"u8);
            connection.SendBytes<int>([42, 1729]);
            client.Join();
        }
    }

    private static void ReadAll(string address, byte[] password)
    {
        Connection connection;
        try
        {
            connection = Client.Connect(address, password);
        }
        catch (AuthenticationException)
        {
            Console.WriteLine("a client without the password is refused");
            return;
        }

        using (connection)
        {
            Console.WriteLine(string.Join(", ", connection.Recv<object?[]>().Select(static each => FormattableString.Invariant($"{each ?? "null"}"))));
            Console.WriteLine(System.Text.Encoding.ASCII.GetString(connection.RecvBytes()));
            int[] numbers = new int[5];
            Console.WriteLine($"{connection.RecvBytesInto<int>(numbers)} bytes: {string.Join(", ", numbers)}");
        }
    }
}
