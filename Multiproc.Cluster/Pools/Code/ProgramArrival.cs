using System.Security.Cryptography;
using Multiproc.Processes;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Pools;

/// <summary>A program that is being sent to this node: the files that it lacked, one after the other. Used by the thread that delivers messages.</summary>
internal sealed class ProgramArrival : IDisposable
{
    private readonly AcceptedPrograms _programs;
    private readonly ProgramIdentity _program;
    private readonly string _caller;
    private readonly Queue<int> _expected;
    private IncrementalHash? _hash;
    private FileStream? _file;
    private long _left;

    public ProgramArrival(AcceptedPrograms programs, ProgramIdentity program, string caller)
    {
        (_programs, _program, _caller) = (programs, program, caller);
        var known = new HashSet<string>(StringComparer.Ordinal);
        Missing =
        [
            .. Enumerable.Range(0, program.Files.Count)
                .Where(place => program.Files[place].Size > 0 && known.Add(program.Files[place].Hash) && !File.Exists(programs.PathOf(program.Files[place]))),
        ];
        foreach (var empty in program.Files.Where(static each => each.Size == 0))
        {
            // Nothing comes of it. Its name is its hash like that of others.
            File.WriteAllBytes(programs.PathOf(empty), []);
        }

        _expected = new Queue<int>(Missing);
    }

    /// <summary>The places of the files that this node does not have.</summary>
    public IReadOnlyList<int> Missing { get; }

    public bool IsOver { get; private set; }

    /// <summary>Takes a part of a file. Returns whether it was the last of all.</summary>
    /// <exception cref="SerializationException">It is not the part that comes next, or the file is not what its hash says.</exception>
    /// <exception cref="IOException">The folder has no room.</exception>
    public bool Take(ref WireReader reader)
    {
        int place = reader.Natural();
        var part = reader.Bytes();
        if (!_expected.TryPeek(out int expected) || place != expected)
        {
            throw new SerializationException($"Malformed frame: file {place} of a program is not the one that was expected.");
        }

        var file = _program.Files[place];
        if (_file is null)
        {
            _file = new FileStream($"{_programs.PathOf(file)}.{Guid.NewGuid():N}", FileMode.CreateNew, FileAccess.Write, FileShare.None);
            _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            _left = file.Size;
        }

        if (part.Length > _left)
        {
            throw new SerializationException($"Malformed frame: {file.Path} has more bytes than were announced.");
        }

        _file.Write(part);
        _hash!.AppendData(part);
        _left -= part.Length;
        if (_left == 0)
        {
            Keep(file);
            _expected.Dequeue();
        }

        return _expected.Count == 0;
    }

    /// <summary>The program is complete: the command that starts its workers.</summary>
    public HostCommand Finish()
    {
        IsOver = true;
        string folder = _programs.Assemble(_program, _caller, Missing.Count);
        return new HostCommand(
            HostCommand.Current.Dotnet, Path.Combine(folder, $"{_program.Name}.runtimeconfig.json"), Path.Combine(folder, $"{_program.Name}.deps.json"),
            Path.Combine(folder, "Multiproc.Host.dll"));
    }

    /// <summary>Removes what came of a file that is not whole.</summary>
    public void Dispose()
    {
        IsOver = true;
        if (_file is { } partial)
        {
            _file = null;
            partial.Dispose();
            File.Delete(partial.Name);
        }

        _hash?.Dispose();
    }

    private void Keep(ProgramFile file)
    {
        var arrived = _file!;
        _file = null;
        arrived.Dispose();
        string hash = Convert.ToHexString(_hash!.GetHashAndReset());
        _hash.Dispose();
        if (hash != file.Hash)
        {
            File.Delete(arrived.Name);
            throw new SerializationException($"Malformed frame: {file.Path} is not what its hash says.");
        }

        File.Move(arrived.Name, _programs.PathOf(file), overwrite: true);
    }
}
