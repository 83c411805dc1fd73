// After "Connection Objects" in the documentation of Python's multiprocessing:
//     arr1 = array.array('i', range(5)); a.send_bytes(arr1); count = b.recv_bytes_into(arr2)
using Multiproc;

namespace Tour.Connections;

[Part(3, "Bytes received into an array")]
internal static class IntoAnArray
{
    public static void Run()
    {
        var (first, second) = Mp.Pipe();
        first.SendBytes("thank you"u8);
        Console.WriteLine(System.Text.Encoding.ASCII.GetString(second.RecvBytes()));

        int[] sent = [0, 1, 2, 3, 4];
        int[] received = new int[10];
        first.SendBytes<int>(sent);
        long count = second.RecvBytesInto<int>(received);
        Console.WriteLine($"{count} bytes: {string.Join(" ", received)}");
        first.SendBytes<int>(sent, offset: 8, size: 12);
        second.RecvBytesInto<int>(received, offset: 20);
        Console.WriteLine(string.Join(" ", received));

        first.SendBytes<int>(sent);
        try
        {
            second.RecvBytesInto(new byte[4]);
        }
        catch (BufferTooShortException tooShort)
        {
            Console.WriteLine($"too short a buffer, but here are all {tooShort.Received.Length} bytes");
        }

        Console.WriteLine($"more to come: {second.Poll()}");
    }
}
