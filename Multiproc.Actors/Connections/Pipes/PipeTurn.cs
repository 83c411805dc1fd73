using System.Globalization;
using Multiproc.SharedMemory;

namespace Multiproc.Connections.Pipes;

/// <summary>
/// The right to send, or to receive, at one side: a word of shared memory that names the process which has it, since several may hold the same side.
/// Uncontended it costs one compare-and-swap. Who waits looks now and then whether the holder lives; the heir of a dead one finds whole records.
/// </summary>
internal static unsafe class PipeTurn
{
    private const int Free = 0;
    private const int Contended = int.MinValue;
    private const int PidBits = 22;
    private const int PidMask = (1 << PidBits) - 1;
    private const int BirthMask = 0x1FF;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);
    private static readonly int s_self = Name(Environment.ProcessId);

    /// <summary>How often one who waits looks for the dead.</summary>
    public static TimeSpan Look => s_look;

    /// <summary>Takes the turn if nobody has it.</summary>
    public static bool TryTake(int* word) => Interlocked.CompareExchange(ref *word, s_self, Free) == Free;

    /// <summary>Takes the turn if nobody living has it.</summary>
    public static bool TryEnter(int* word)
    {
        int holder = Volatile.Read(ref *word);
        return holder == Free
            ? TryTake(word)
            : !IsAlive(holder) && Interlocked.CompareExchange(ref *word, s_self | Contended, holder) == holder;
    }

    /// <summary>Waits for the turn; <paramref name="giveUp"/> is asked now and then and ends the wait by an exception.</summary>
    public static void Enter(int* word, Action giveUp)
    {
        while (true)
        {
            int holder = Volatile.Read(ref *word);
            if (holder == Free)
            {
                // Others may sleep as well: whoever waited once rings at the end.
                if (Interlocked.CompareExchange(ref *word, s_self | Contended, Free) == Free)
                {
                    return;
                }

                continue;
            }

            if ((holder & Contended) == 0 && Interlocked.CompareExchange(ref *word, holder | Contended, holder) != holder)
            {
                continue;
            }

            holder |= Contended;
            Futex.Wait(word, holder, s_look);
            giveUp();
            if (Volatile.Read(ref *word) == holder && !IsAlive(holder) && Interlocked.CompareExchange(ref *word, s_self | Contended, holder) == holder)
            {
                return;
            }
        }
    }

    public static void Leave(int* word)
    {
        if ((Interlocked.Exchange(ref *word, Free) & Contended) != 0)
        {
            Futex.Wake(word);
        }
    }

    /// <summary>Whether a living process has the turn.</summary>
    public static bool IsHeld(int* word) => Volatile.Read(ref *word) is var holder && holder != Free && IsAlive(holder);

    private static bool IsAlive(int holder)
    {
        int name = holder & ~Contended;
        return name == s_self || Name(name & PidMask) == name;
    }

    /// <summary>The number of a process and some bits of its birth, since numbers come again; 0 when it does not live.</summary>
    private static int Name(int pid)
    {
        string status;
        try
        {
            status = File.ReadAllText($"/proc/{pid}/stat");
        }
        catch (IOException)
        {
            return 0;
        }

        // The second field is the program's name, in parentheses, with any character in it.
        string[] fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
        const int State = 0;
        const int Birth = 19;
        return fields[State] is "Z" or "X" ? 0 : pid | ((int)(long.Parse(fields[Birth], CultureInfo.InvariantCulture) & BirthMask) << PidBits);
    }
}
