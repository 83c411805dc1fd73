using Multiproc.Pool;

namespace Multiproc.Tests.States;

internal enum PoolMoveKind
{
    Submit,
    More,
    Ready,
    FailStart,
    Done,
    DoneBeside,
    Grow,
    Die,
    Cancel,
    Grace,
    Tick,
    GiveBack,
    Resize,
    Close,
}

/// <summary>What happens next; to whom and how much are taken modulo what there is.</summary>
internal readonly record struct PoolMove(PoolMoveKind Kind, int Which, int Number);

/// <summary>One history, played against the state and kept in the books of its jobs.</summary>
internal sealed class PoolLife(IReadOnlyList<PoolMove> moves)
{
    private const int Attempts = 3;
    private const int Retries = 2;
    private const int AtOnce = 3;

    private readonly int? _tasksPerWorker = moves.Count > 0 && moves[0].Number % 3 == 0 ? 4 : null;
    private readonly PoolScript _script = new(Attempts, moves.Count > 0 && moves[0].Number % 3 == 0 ? 4 : null);
    private readonly HashSet<int> _asked = [];
    private readonly Queue<PoolEffect.Remind> _reminders = new();
    private readonly Dictionary<int, int> _given = [];
    private readonly Dictionary<int, PoolBook> _jobs = [];
    private readonly List<int> _workers = [];
    private readonly HashSet<int> _retired = [];
    private readonly HashSet<int> _grown = [];
    private int _starting = 2;
    private int _lastJob;
    private int _lastWorker;
    private int _size = 2;
    private bool _ticking;
    private bool _closed;
    private bool _broken;

    public string Play(IReadOnlyList<PoolMove> moves)
    {
        foreach (var move in moves)
        {
            Do(move);
        }

        Finish();
        return _script.Transcript;
    }

    private void Do(PoolMove move)
    {
        int worker = _workers.Count > 0 ? _workers[move.Which % _workers.Count] : 0;
        switch (move.Kind)
        {
            case PoolMoveKind.Submit when !_closed:
                bool ended = move.Number % 3 > 0;
                int retries = move.Which % 2 * Retries;
                _jobs.Add(++_lastJob, new PoolBook { Tasks = 3 * move.Number, Ended = ended, Dropped = _broken, Retries = retries });
                Check(
                    _script.Submit(
                        _lastJob, 3 * move.Number, 1 + (move.Which % 4), ended, retries, single: move.Which % 5 == 0, adaptive: move.Which % 3 == 0,
                        atOnce: move.Which % 7 < 3 ? AtOnce : 0));
                break;
            case PoolMoveKind.More when Some(move.Which) is { Value: { Ended: false, Dropped: false } job } open:
                job.Tasks += move.Number;
                job.Ended = move.Which % 2 == 0;
                Check(_script.MoreInput(open.Key, job.Tasks, job.Ended));
                break;
            case PoolMoveKind.Ready when _starting > 0:
                Begin();
                break;
            case PoolMoveKind.FailStart when _starting > 0:
                _starting--;
                Check(_script.Dies(++_lastWorker));
                break;
            case PoolMoveKind.Done when _script.InHandOf(worker).Count > 0:
                RunChunk(worker, milliseconds: Math.Max(0, move.Number - 7));
                break;
            case PoolMoveKind.DoneBeside when _script.BesideOf(worker).Count > 0:
                RunBeside(worker, move.Number);
                break;
            case PoolMoveKind.Grow when worker > 0 && _script.BesideOf(worker).Count > 0:
                _grown.Add(worker);
                Check(_script.Grows(worker));
                break;
            case PoolMoveKind.Die when worker > 0:
                Die(worker, move.Number, onPurpose: move.Which % 7 == 0);
                break;
            case PoolMoveKind.Tick when _ticking:
                _ticking = false;
                Check(_script.Tick());
                break;
            case PoolMoveKind.GiveBack when _asked.Count > 0:
                int asked = _asked.ElementAt(move.Which % _asked.Count);
                _asked.Remove(asked);
                GiveBack(asked, except: Math.Min(_script.InHandOf(asked).Count, move.Number % 3));
                break;
            case PoolMoveKind.Grace when _reminders.TryDequeue(out var reminder):
                Check(_script.GraceOver(reminder.Job, reminder.Last));
                break;
            case PoolMoveKind.Resize when !_closed && !_broken:
                int by = Math.Max(1 - _size, (move.Number % 5) - 2);
                _size += by;
                Check(_script.Resize(by));
                break;
            case PoolMoveKind.Cancel when Some(move.Which) is { Value: not null } cancelled:
                cancelled.Value.Dropped = true;
                Check(_script.Cancel(cancelled.Key, stop: move.Number % 2 == 0));
                break;
            case PoolMoveKind.Close:
                _closed = true;
                Check(_script.Close());
                break;
        }
    }

    private KeyValuePair<int, PoolBook> Some(int which)
    {
        var open = _jobs.Where(static job => !job.Value.Finished).ToList();
        return open.Count > 0 ? open[which % open.Count] : default;
    }

    private void Begin()
    {
        _starting--;
        _workers.Add(++_lastWorker);
        _given.Add(_lastWorker, 0);
        Check(_script.Ready(_lastWorker));
    }

    private void RunChunk(int worker, int milliseconds)
    {
        int count = 1 + ((milliseconds + worker) % _script.InHandOf(worker).Count);
        foreach (var chunk in _script.InHandOf(worker).Take(count))
        {
            _jobs[chunk.Job].End(chunk.First, chunk.Count);
        }

        Check(_script.Done(worker, milliseconds, count));
    }

    private void RunBeside(int worker, int which)
    {
        var beside = _script.BesideOf(worker);
        var done = beside[which % beside.Count];
        _jobs[done.Job].End(done.Task, 1);
        Check(_script.DoneBeside(worker, done.Job, done.Task));
    }

    private void GiveBack(int worker, int except)
    {
        foreach (var chunk in _script.InHandOf(worker).Skip(except))
        {
            _jobs[chunk.Job].PutBack(chunk.First, chunk.Count);
            _given[worker] -= chunk.Count;
        }

        Check(_script.GivesBack(worker, except));
    }

    private void Die(int worker, int number, bool onPurpose)
    {
        _workers.Remove(worker);
        _asked.Remove(worker);
        var hand = _script.InHandOf(worker).ToList();
        int done = 0;
        if (hand.Count > 0)
        {
            done = number % (hand[0].Count + 1);
            _jobs[hand[0].Job].End(hand[0].First, done);
        }

        foreach (var chunk in hand)
        {
            _jobs[chunk.Job].PutBack(chunk.First, chunk.Count);
        }

        var beside = _script.BesideOf(worker).Select(static send => (send.Job, send.Task)).ToList();
        foreach (var (job, task) in beside)
        {
            _jobs[job].PutBack(task, 1);
        }

        Check(_script.Dies(
            worker, done, started: hand.Count > 0 && (done > 0 || number > 5), onPurpose,
            onPurpose && beside.Count > 0 ? [beside[number % beside.Count]] : []));
    }

    private void Check(PoolScript script)
    {
        foreach (var effect in script.Effects)
        {
            switch (effect)
            {
                case PoolEffect.Send send:
                    Require(_workers.Contains(send.Worker) && !_retired.Contains(send.Worker), $"{send} goes to a worker that is not there");
                    _given[send.Worker] += send.Count;
                    Require(_given[send.Worker] <= (_tasksPerWorker ?? int.MaxValue), $"{send} is more than the worker may be given");
                    Require(!_jobs[send.Job].Dropped, $"{send} is of a job that nobody wants");
                    Require(_jobs[send.Job].TryTakeInHand(send.First, send.Count), $"{send} is done, lost, or in another hand");
                    break;
                case PoolEffect.SendConcurrent send:
                    Require(_workers.Contains(send.Worker) && !_retired.Contains(send.Worker) && !_grown.Contains(send.Worker), $"{send} is for no worker");
                    Require(++_given[send.Worker] <= (_tasksPerWorker ?? int.MaxValue), $"{send} is more than the worker may be given");
                    Require(_script.BesideOf(send.Worker).Count <= AtOnce, $"{send} is one more than the worker may run at the same time");
                    Require(!_jobs[send.Job].Dropped, $"{send} is of a job that nobody wants");
                    Require(_jobs[send.Job].TryTakeInHand(send.Task, 1), $"{send} is done, lost, or in another hand");
                    break;
                case PoolEffect.TaskLost lost:
                    Require(_jobs[lost.Job].MayLose(lost.Task, _script.LastWasOnPurpose), $"{lost} might have been run again");
                    _jobs[lost.Job].End(lost.Task, 1);
                    break;
                case PoolEffect.TaskRetried retried:
                    Require(_jobs[retried.Job].MayRetry(retried.Task), $"{retried} was run too often");
                    break;
                case PoolEffect.TickSoon:
                    Require(!_ticking, "a second tick while one is on its way");
                    _ticking = true;
                    break;
                case PoolEffect.TakeBack back:
                    Require(_script.InHandOf(back.Worker).Count > 1 && _asked.Add(back.Worker), $"{back} has nothing to give back, or was asked already");
                    break;
                case PoolEffect.Remind remind:
                    _reminders.Enqueue(remind);
                    break;
                case PoolEffect.StopWorker stop:
                    Require(_script.InHandOf(stop.Worker).FirstOrDefault()?.Job == stop.Job || _script.BesideOf(stop.Worker).Any(send => send.Job == stop.Job),
                        $"{stop} ends the work of another job");
                    Require(_jobs[stop.Job].Dropped, $"{stop} ends the work of a job that is wanted");
                    break;
                case PoolEffect.JobRefused refused:
                    Assert.Fail($"{refused}, but the pool is open");
                    break;
                case PoolEffect.JobFinished finished:
                    Require(_jobs[finished.Job].TryFinish(), $"{finished} came too early, or twice");
                    break;
                case PoolEffect.StartWorker:
                    _starting++;
                    break;
                case PoolEffect.RetireWorker retire:
                    Require(
                        _retired.Add(retire.Worker) && _script.InHandOf(retire.Worker).Count + _script.BesideOf(retire.Worker).Count == 0,
                        $"{retire} came twice, or too early");
                    break;
                case PoolEffect.Broken:
                    _broken = true;
                    _jobs.Values.ToList().ForEach(static job => job.Dropped = true);
                    break;
            }
        }

        // One that leaves when the tasks beside its chunks have ended gets no more of either.
        bool someLeave = _workers.Count + _starting - _retired.Count(_workers.Contains) > _size;
        bool somebodyIsIdle = _workers.Exists(worker =>
            _script.InHandOf(worker).Count == 0 && !_retired.Contains(worker) && !_grown.Contains(worker) && !(someLeave && _script.BesideOf(worker).Count > 0)
            && _given[worker] < (_tasksPerWorker ?? int.MaxValue));
        bool somethingWaits = _workers.Exists(worker => _script.InHandOf(worker).Count > 1 && !_asked.Contains(worker) && _script.HasGotOnSinceAsked(worker));
        Require(!(somebodyIsIdle && somethingWaits) || _ticking, "a worker is idle, chunks wait behind another, and nobody will look");
    }

    /// <summary>Given workers that start, do their work and do not die, all jobs end.</summary>
    private void Finish()
    {
        foreach (var (id, _) in _jobs.Where(static job => job.Value is { Ended: false, Dropped: false, Finished: false }).ToList())
        {
            _jobs[id].Ended = true;
            Check(_script.MoreInput(id, _jobs[id].Tasks, ended: true));
        }

        do
        {
            while (_starting > 0)
            {
                Begin();
            }

            while (_workers.Find(worker => _script.InHandOf(worker).Count > 0) is var busy and > 0)
            {
                RunChunk(busy, 1);
            }

            while (_workers.Find(worker => _script.BesideOf(worker).Count > 0) is var busy and > 0)
            {
                RunBeside(busy, 0);
            }
        }
        while (_starting > 0 || _workers.Exists(worker => _script.InHandOf(worker).Count > 0));

        Require(_jobs.Values.All(static job => job.Finished), "a job never ends");
        Require(_closed || _broken || _workers.Count - _retired.Count(_workers.Contains) == _size, $"there are not {_size} workers");
    }

    private void Require(bool condition, string expectation)
    {
        if (!condition)
        {
            Assert.Fail($"{expectation}, after:\n{_script.Transcript}");
        }
    }
}
