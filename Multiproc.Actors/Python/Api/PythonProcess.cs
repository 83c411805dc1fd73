using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using Multiproc.Processes;
using Multiproc.Python.Starting;
using Multiproc.Serialization.Pickle;

namespace Multiproc;

/// <summary>
/// A process that runs a script or a function of Python, made by <see cref="Mp.PythonProcess(string, object?[])"/>. Its arguments and its result are
/// pickles. It ends with this process, however that ends.
/// </summary>
public sealed class PythonProcess : IDisposable, Serialization.INotSendable
{
    private const int KeyBytes = 32;

    private readonly string _program;
    private readonly PythonProcessOptions _options;
    private readonly object?[] _arguments;
    private readonly TaskCompletionSource<object?> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;
    private Listener? _listener;

    internal PythonProcess(string program, PythonProcessOptions options, object?[] arguments)
    {
        _program = program;
        options.Validate();
        _options = options;
        _arguments = arguments;
    }

    /// <summary>Gets the process id.</summary>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    public int Pid => Started.Id;

    /// <summary>Gets a task that completes with the exit code when the process has ended: 128 and the number of the signal for one that was killed.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>Gets whether the process was started and has not ended.</summary>
    public bool IsAlive => _process is not null && !_exited.Task.IsCompleted;

    private Process Started => _process ?? throw new InvalidOperationException($"{this} was not started: call Start first.");

    /// <summary>Starts the process. Its output is that of this process.</summary>
    /// <exception cref="InvalidOperationException">It was started before, or facades are in the arguments and the options have no server.</exception>
    /// <exception cref="SerializationException">An argument cannot be sent to Python; the message names the path to it.</exception>
    /// <exception cref="ProcessStartException">The interpreter cannot be run.</exception>
    public void Start()
    {
        if (_process is not null)
        {
            throw new InvalidOperationException($"{this} was started before: make a new one.");
        }

        // What cannot be sent fails here, and no process was started.
        var pickles = new WorkPickles(_options.Server, _options.Types);
        byte[] head = pickles.Write(new PyTuple(_program, _options.Server?.Key));
        byte[] arguments = pickles.Write(new PyTuple(_arguments, owned: false));
        byte[] key = RandomNumberGenerator.GetBytes(KeyBytes);
        _listener = new Listener(authKey: key);
        try
        {
            _process = Launch();
        }
        catch (Win32Exception failure)
        {
            _listener.Dispose();
            throw new ProcessStartException(
                $"'{_options.Interpreter}' cannot be run: {failure.Message}. Set PythonProcessOptions.Interpreter to a CPython.", failure);
        }

        _ = ServeAsync(key, head, arguments, pickles);
        _ = WatchAsync(_process);
    }

    /// <summary>Waits for the result of the function; null for a script.</summary>
    /// <typeparam name="T">The type of the result; it must hold the value.</typeparam>
    /// <param name="timeout">How long to wait; null (the default) waits forever.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The result.</returns>
    /// <exception cref="RemoteException">
    /// Python raised an exception, with its traceback; the inner exception is a <see cref="PythonException"/> if it is a builtin.
    /// </exception>
    /// <exception cref="SerializationException">The result is of another type.</exception>
    /// <exception cref="MultiprocTimeoutException">There was no result in time.</exception>
    /// <exception cref="MultiprocException">The process ended without a result.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public T Result<T>(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        ResultAsync<T>(timeout, cancellation).AsTask().GetAwaiter().GetResult();

    /// <summary>Asynchronously waits for the result of the function; null for a script.</summary>
    /// <inheritdoc cref="Result{T}"/>
    public async ValueTask<T> ResultAsync<T>(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        _ = Started;
        if (!await _result.Task.EndsAsync(timeout, cancellation).ConfigureAwait(false))
        {
            throw new MultiprocTimeoutException($"{this} had no result within {(WaitTimeout)timeout}: wait longer, or Kill it.");
        }

        return PickleConversion.To<T>(await _result.Task.ConfigureAwait(false));
    }

    /// <summary>Waits until the process has ended.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True if it has ended; false if the timeout expired.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        _ = Started;
        return _exited.Task.Ends(timeout, cancellation);
    }

    /// <summary>Asynchronously waits until the process has ended.</summary>
    /// <inheritdoc cref="Join"/>
    public ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        _ = Started;
        return _exited.Task.EndsAsync(timeout, cancellation);
    }

    /// <summary>Ends the process at once. Does nothing when it has ended.</summary>
    public void Kill()
    {
        if (IsAlive)
        {
            Started.Kill();
        }
    }

    /// <summary>Kills the process if it still runs.</summary>
    public void Dispose()
    {
        Kill();
        _listener?.Dispose();
    }

    /// <summary>Describes the process by its program.</summary>
    /// <returns>For example "PythonProcess (worker.py)".</returns>
    public override string ToString() => $"{nameof(PythonProcess)} ({_program})";

    private Process Launch()
    {
        var start = new ProcessStartInfo(_options.Interpreter, ["-c", PythonBoot.Program])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            WorkingDirectory = _options.WorkingDirectory ?? "",
        };
        foreach (var (name, value) in _options.Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private async Task ServeAsync(byte[] key, byte[] head, byte[] arguments, WorkPickles pickles)
    {
        try
        {
            await Started.StandardInput.WriteLineAsync($"{_listener!.Address} {Convert.ToHexString(key)}").ConfigureAwait(false);
            await Started.StandardInput.FlushAsync().ConfigureAwait(false);
            await using var connection = await _listener.AcceptAsync(_options.StartTimeout).ConfigureAwait(false);
            _listener.Dispose();
            await connection.SendBytesAsync(head).ConfigureAwait(false);
            await connection.SendBytesAsync(arguments).ConfigureAwait(false);
            Finish(pickles.Read(await connection.RecvBytesAsync().ConfigureAwait(false)));
        }
        catch (Exception ended) when (ended is IOException or MultiprocException or TimeoutException or ObjectDisposedException)
        {
            int code = await EndedAsync().ConfigureAwait(false);
            _result.TrySetException(new MultiprocException($"{this} ended with code {code} and without a result: its output on stderr may say why.", ended));
        }
    }

    /// <summary>A process that did not come to its work is of no use.</summary>
    private async Task<int> EndedAsync()
    {
        Kill();
        return await _exited.Task.ConfigureAwait(false);
    }

    private void Finish(object? answer)
    {
        switch (answer)
        {
            case PyTuple { Items: ["result", var value] }:
                _result.TrySetResult(value);
                break;
            case PyTuple { Items: ["exit", int code] }:
                _result.TrySetException(new MultiprocException($"{this} left with exit code {code} and without a result."));
                break;
            case PyTuple { Items: ["error", var raised, string traceback] }:
                _result.TrySetException(new RemoteException($"{this} failed:{Environment.NewLine}{traceback}", raised as Exception));
                break;
            default:
                _result.TrySetException(new SerializationException($"{this} sent no result, but {PythonText.Of(answer)}."));
                break;
        }
    }

    private async Task WatchAsync(Process process)
    {
        await process.WaitForExitAsync().ConfigureAwait(false);
        _exited.TrySetResult(process.ExitCode);
        _listener?.Dispose();
    }
}
