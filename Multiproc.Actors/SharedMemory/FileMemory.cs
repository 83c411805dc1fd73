using System.IO.MemoryMappedFiles;

namespace Multiproc.SharedMemory;

/// <summary>A mapped file in the runtime folder, for systems without anonymous memory files.</summary>
internal sealed unsafe class FileMemory : MappedMemory
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly bool _isOwner;
    private byte* _address;

    private FileMemory(string path, MemoryMappedFile file, long size, bool isOwner)
    {
        Path = path;
        Size = size;
        _file = file;
        _isOwner = isOwner;
        _view = file.CreateViewAccessor(0, size);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _address);
    }

    public string Path { get; }

    public override byte* Address => _address;

    public override long Size { get; }

    /// <summary>Creates the file with all its blocks: on a full disk the first touch of a page without one would end the process.</summary>
    /// <exception cref="MultiprocException">The disk has too little room, or the file cannot be made.</exception>
    public static FileMemory Create(long size)
    {
        string path = RuntimeFolder.NewFile(".segment");
        try
        {
            // Asked first: some file systems fill up before they refuse.
            long free = new DriveInfo(System.IO.Path.GetDirectoryName(path)!).AvailableFreeSpace;
            if (size > free)
            {
                throw new IOException($"the disk has {free} bytes left.");
            }

            var content = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite | FileShare.Delete,
                PreallocationSize = size,
                BufferSize = 0,
            });
            content.SetLength(size);
            return new FileMemory(
                path, MemoryMappedFile.CreateFromFile(content, null, size, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false), size,
                isOwner: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            File.Delete(path);
            throw new MultiprocException($"{size} bytes of shared memory could not be made at {path}: {cause.Message} Ask for less, or free the disk.", cause);
        }
    }

    /// <summary>Maps the file of another process; only files of the runtime folder are opened.</summary>
    public static FileMemory Open(string path)
    {
        RuntimeFolder.RequireInside(path);
        return new FileMemory(path, MemoryMappedFile.CreateFromFile(path, FileMode.Open), new FileInfo(path).Length, isOwner: false);
    }

    public override MappedMemory MapAgain() => Open(Path);

    public override void Dispose()
    {
        if (_address is null)
        {
            return;
        }

        _address = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
        if (_isOwner)
        {
            File.Delete(Path);
        }
    }
}
