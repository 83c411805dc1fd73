using Multiproc.Serialization;

namespace Multiproc.Processes.Logging;

/// <summary>Names a logger of the program that was sent: its process, and its number there. The levels are those that it took when it was sent.</summary>
internal readonly record struct LoggerAddress(long Process, int Number, byte Levels)
{
    /// <summary>The number of no logger: the record goes to the log of the program.</summary>
    public const int None = 0;

    public void WriteTo(WireWriter writer)
    {
        writer.VarUInt((uint)Number);
        if (Number != None)
        {
            writer.Int64(Process);
            writer.Byte(Levels);
        }
    }

    public static LoggerAddress ReadFrom(ref WireReader reader)
    {
        int number = reader.Natural();
        return number == None ? default : new LoggerAddress(reader.Int64(), number, reader.Byte());
    }
}
