namespace Multiproc;

/// <content>Python processes.</content>
public static partial class Mp
{
    /// <summary>Prepares a process that runs Python. It is started by <see cref="PythonProcess.Start"/>.</summary>
    /// <param name="program">A script, "script.py", or a function, "module:function".</param>
    /// <param name="arguments">
    /// The arguments, as docs/pickle.md says: those of the function, or <c>sys.argv</c> of the script. For facades of a manager pass options with its server.
    /// </param>
    /// <returns>The process.</returns>
    /// <example>
    /// <code>
    /// using var python = Mp.PythonProcess("statistics:median", new List&lt;object?&gt; { 1, 2, 10 });
    /// python.Start();
    /// Console.WriteLine(python.Result&lt;int&gt;());
    /// </code>
    /// </example>
    public static PythonProcess PythonProcess(string program, params object?[] arguments) => PythonProcess(program, new PythonProcessOptions(), arguments);

    /// <summary>Prepares a process that runs Python, with options. It is started by <see cref="PythonProcess.Start"/>.</summary>
    /// <param name="program">A script, "script.py", or a function, "module:function".</param>
    /// <param name="options">How the process is started.</param>
    /// <param name="arguments">The arguments, as docs/pickle.md says; facades of the manager of <see cref="PythonProcessOptions.Server"/> arrive as proxies.</param>
    /// <returns>The process.</returns>
    public static PythonProcess PythonProcess(string program, PythonProcessOptions options, params object?[] arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(arguments);
        WaitTimeout.RequireSomeTime(options.StartTimeout);
        return program.EndsWith(".py", StringComparison.Ordinal) || program.IndexOf(':', StringComparison.Ordinal) > 0
            ? new PythonProcess(program, options, arguments)
            : throw new ArgumentException($"'{program}' is neither a script, as \"script.py\", nor a function, as \"module:function\".", nameof(program));
    }
}
