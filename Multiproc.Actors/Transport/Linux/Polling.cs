using System.Runtime.InteropServices;

namespace Multiproc.Transport.Linux;

/// <summary>Waits until one of many descriptors is ready.</summary>
internal static unsafe class Polling
{
    private const int MillisecondsBetweenRounds = 20;

    /// <returns>False if the wait was interrupted: then the entries are undefined.</returns>
    /// <remarks>
    /// poll(2) fails for more descriptors than this process may open, a limit that may have been lowered after they were opened, and sometimes for lack of
    /// memory. Polling each in turn, with a pause between the rounds, is slower and sees the same; retrying at once would occupy a processor.
    /// </remarks>
    public static bool Wait(SocketCalls.PollEntry[] entries)
    {
        fixed (SocketCalls.PollEntry* first = entries)
        {
            int ready = SocketCalls.poll(first, (nuint)entries.Length, -1);
            if (ready >= 0 || Marshal.GetLastPInvokeError() == SocketCalls.Interrupted)
            {
                return ready > 0;
            }

            bool any = false;
            for (int i = 0; i < entries.Length; i++)
            {
                first[i].Seen = 0;
                any |= SocketCalls.poll(first + i, 1, 0) > 0;
            }

            if (!any)
            {
                SocketCalls.poll(null, 0, MillisecondsBetweenRounds);
            }

            return any;
        }
    }
}
