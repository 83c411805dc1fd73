using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Multiproc.SharedMemory.Linux;

namespace Multiproc.Objects.Elections;

/// <summary>
/// A locked file as the seat of a leader on one machine. The system unlocks it when its process dies, however it dies. The file has the fence of the last
/// term in it, and for people the process and the name.
/// </summary>
/// <remarks>
/// Such a lock cannot be waited for with a way out, so candidates look again and again. The file may be deleted, by people or by what cleans such folders: the
/// leader freshens its time and looks whether it is there, and whoever has locked a file that has no name any more begins anew.
/// </remarks>
internal sealed class FileSeat(string name, ElectionOptions options) : ISeat
{
    private const int FenceDigits = 19;

    /// <summary>In what timers take.</summary>
    private readonly TimeSpan _interval = TimeSpan.FromMilliseconds(((WaitTimeout)options.CheckInterval).Milliseconds);

    public string Description => $"Election '{name}' on this machine";

    public async Task<Term> TakeAsync(CancellationToken cancellation)
    {
        string path = ElectionFolder.FileOf(name, options.Folder);
        using var clock = new PeriodicTimer(_interval);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryLock(path) is { } file)
            {
                return Begin(file, path);
            }

            await clock.WaitForNextTickAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Locks the file of this name, and not one that had it.</summary>
    private static SafeFileHandle? TryLock(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return TryOpenAlone(path);
        }

        int descriptor = FileCalls.open(path, FileCalls.ReadWrite | FileCalls.Create | FileCalls.CloseOnExec, FileCalls.OwnerOnly);
        if (descriptor < 0)
        {
            throw new MultiprocException($"{path} cannot be opened, so nobody can be elected: {SystemError.Last}.");
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (FileCalls.TryLock(descriptor, FileCalls.LockExclusive | FileCalls.LockNow) && FileCalls.IsLinked(descriptor))
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    private static SafeFileHandle? TryOpenAlone(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another one has it.
            return null;
        }
    }

    private Term Begin(SafeFileHandle file, string path)
    {
        try
        {
            long fence = NextFence(file, path);
            var lost = new CancellationTokenSource();
            var timer = TimeProvider.System.CreateTimer(_ => Check(file, path, lost), null, _interval, _interval);
            return new Term(fence, lost.Token, () =>
            {
                timer.Dispose();
                file.Dispose();
            });
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Counts on from the file. A new file begins at the time in milliseconds: above all terms of one that was deleted, unless there were more than one in each
    /// millisecond.
    /// </summary>
    private long NextFence(SafeFileHandle file, string path)
    {
        Span<byte> read = stackalloc byte[FenceDigits];
        int count = RandomAccess.Read(file, read, 0);
        long last = 0;
        if (count > 0 && !(count == FenceDigits && long.TryParse(read, NumberStyles.None, CultureInfo.InvariantCulture, out last)))
        {
            throw new MultiprocException($"{path} is no file of an election: its fence cannot be read. Remove it, and let all candidates begin anew.");
        }

        long fence = Math.Max(last + 1, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        string text = string.Create(CultureInfo.InvariantCulture, $"{fence:D19} process {Environment.ProcessId} leads '{name}'\n");
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(text), 0);
        return fence;
    }

    private static void Check(SafeFileHandle file, string path, CancellationTokenSource lost)
    {
        bool isOpen = false;
        try
        {
            file.DangerousAddRef(ref isOpen);
            if (!OperatingSystem.IsLinux() || FileCalls.IsLinked((int)file.DangerousGetHandle()))
            {
                // Those who clean folders leave alone what is new.
                File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime);
                return;
            }
        }
        catch (ObjectDisposedException)
        {
            // The term ended meanwhile.
            return;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // The file is not where it was: another one can be made there.
        }
        finally
        {
            if (isOpen)
            {
                file.DangerousRelease();
            }
        }

        _ = lost.CancelAsync();
    }
}
