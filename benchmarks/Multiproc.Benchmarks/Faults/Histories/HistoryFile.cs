using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Multiproc.Benchmarks.Faults.Histories;

/// <summary>
/// The operations of one incarnation of a node, as a file of lines that are written when each begins and when it ends: what was written is there when the
/// process is killed.
/// </summary>
internal sealed class HistoryFile : IDisposable
{
    private const string Extension = ".history";
    private const string Orderly = "orderly";
    private const string Stopped = "stopped";

    private readonly FileStream _file;
    private long _last;

    public HistoryFile(string folder, int incarnation) => _file = new FileStream(
        Path.Combine(folder, $"{incarnation}{Extension}"), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>The clock of the machine, the same in all processes.</summary>
    public static long Now => Stopwatch.GetElapsedTime(0).Ticks;

    /// <summary>Notes that an operation begins.</summary>
    /// <returns>Its number.</returns>
    public long Begin(Operation operation)
    {
        long number = Interlocked.Increment(ref _last);
        Write($"B {number} {operation.Client} {operation.Kind} {operation.Argument} {operation.Expected} {Now} {operation.Object}");
        return number;
    }

    public void End(long number, OperationStatus status, long result) => Write($"E {number} {status} {result} {Now}");

    /// <summary>Notes that the node left the cluster by itself, after all of its operations.</summary>
    public void Close() => Write(Orderly);

    public void Dispose() => _file.Dispose();

    /// <summary>Notes that a node is stopped for a while, so that what happens in it may be late.</summary>
    public static void NoteStop(string folder, int incarnation) =>
        File.AppendAllText(Path.Combine(folder, Stopped), string.Create(CultureInfo.InvariantCulture, $"{incarnation}\n"));

    public static History Read(string folder)
    {
        var operations = new List<Operation>();
        var orderly = new HashSet<int>();
        foreach (string file in Directory.GetFiles(folder, $"*{Extension}"))
        {
            var open = new Dictionary<string, Operation>();

            // The last line of a process that was killed may be a part of one.
            foreach (string[] words in File.ReadAllText(file).Split('\n').SkipLast(1).Select(static line => line.Split(' ', 8)))
            {
                switch (words)
                {
                    case ["B", var number, var client, var kind, var argument, var expected, var at, var name]:
                        open[number] = new Operation(name, (int)Number(client), Enum.Parse<OperationKind>(kind), Number(argument), Number(expected))
                        {
                            Begin = Number(at),
                        };
                        break;
                    case ["E", var number, var status, var result, var at] when open.Remove(number, out var begun):
                        var known = Enum.Parse<OperationStatus>(status);
                        operations.Add(begun with
                        {
                            Status = known, Result = Number(result), End = known == OperationStatus.Unknown ? Operation.Never : Number(at),
                        });
                        break;
                    case [Orderly]:
                        orderly.Add(int.Parse(Path.GetFileNameWithoutExtension(file), CultureInfo.InvariantCulture));
                        break;
                    default:
                        throw new InvalidDataException($"{file} has a line that is none of a history: {string.Join(' ', words)}");
                }
            }

            operations.AddRange(open.Values);
        }

        string stops = Path.Combine(folder, Stopped);
        var stopped = File.Exists(stops) ? File.ReadAllLines(stops).Select(static line => (int)Number(line)).ToHashSet() : [];
        return new History(operations, orderly, stopped);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private void Write(string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (_file)
        {
            _file.Write(bytes);
        }
    }
}
