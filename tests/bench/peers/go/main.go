// SPDX-License-Identifier: Apache-2.0

// A peer of the benchmarks: net/http, pgx, golang-jwt. See ../README.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

var (
	pool    *pgxpool.Pool
	secret  []byte
	queries = map[string]string{}
	people  sync.Map // subject → composite text of the principal
)

type team struct {
	ID         uuid.UUID   `json:"id"`
	ParentID   *uuid.UUID  `json:"parent_id"`
	Path       []uuid.UUID `json:"path"`
	Name       string      `json:"name"`
	Purpose    string      `json:"purpose"`
	Kind       string      `json:"kind"`
	Visibility string      `json:"visibility"`
	CreatedBy  *uuid.UUID  `json:"created_by"`
	Version    int64       `json:"version"`
	CreatedAt  time.Time   `json:"created_at"`
	UpdatedAt  time.Time   `json:"updated_at"`
}

func principal(r *http.Request) (string, error) {
	text, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !found {
		return "", errors.New("no token")
	}
	claims := jwt.RegisteredClaims{}
	_, err := jwt.ParseWithClaims(text, &claims, func(*jwt.Token) (interface{}, error) { return secret, nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithAudience("cohelm"), jwt.WithIssuer("https://bench.example"))
	if err != nil {
		return "", err
	}
	if known, found := people.Load(claims.Subject); found {
		return known.(string), nil
	}
	var id string
	err = pool.QueryRow(r.Context(), "select id::text from people where issuer = $1 and subject = $2",
		claims.Issuer, claims.Subject).Scan(&id)
	if err != nil {
		return "", err
	}
	people.Store(claims.Subject, "("+id+",,)")
	return "(" + id + ",,)", nil
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

// Columns come by name, control columns are skipped.
func scanTeam(rows pgx.Rows, skip int) (team, *int32, error) {
	var t team
	var status *int32
	var id *uuid.UUID
	var name, purpose, kind, visibility *string
	var version *int64
	var created, updated *time.Time
	targets := []any{&status}
	for i := 1; i < skip; i++ {
		targets = append(targets, new(any))
	}
	targets = append(targets, &id, &t.ParentID, &t.Path, &name, &purpose, &kind, &visibility, &t.CreatedBy, &version, &created, &updated)
	if err := rows.Scan(targets...); err != nil {
		return t, nil, err
	}
	if status == nil && id != nil {
		t.ID, t.Name, t.Purpose, t.Kind, t.Visibility = *id, *name, *purpose, *kind, *visibility
		t.Version, t.CreatedAt, t.UpdatedAt = *version, *created, *updated
	}
	return t, status, nil
}

func one(w http.ResponseWriter, r *http.Request, success, skip int, query string, args ...any) {
	rows, err := pool.Query(r.Context(), query, args...)
	if err != nil {
		log.Print(err)
		answer(w, 503, map[string]string{"code": "unavailable"})
		return
	}
	defer rows.Close()
	if !rows.Next() {
		answer(w, 404, map[string]string{"code": "not_found"})
		return
	}
	t, status, err := scanTeam(rows, skip)
	if err != nil {
		log.Print(err)
		answer(w, 500, map[string]string{"code": "internal_error"})
	} else if status != nil {
		answer(w, int(*status), map[string]string{"code": "refused"})
	} else {
		answer(w, success, t)
	}
}

func list(w http.ResponseWriter, r *http.Request, who, organisation string) {
	limit := 50
	if text := r.URL.Query().Get("limit"); text != "" {
		parsed, err := strconv.Atoi(text)
		if err != nil || parsed < 1 || parsed > 200 {
			answer(w, 400, map[string]string{"code": "invalid_parameter"})
			return
		}
		limit = parsed
	}
	rows, err := pool.Query(r.Context(), queries["team_list"], who, organisation, limit+1, nil, nil, nil, nil, nil, nil, nil, nil)
	if err != nil {
		log.Print(err)
		answer(w, 503, map[string]string{"code": "unavailable"})
		return
	}
	defer rows.Close()
	items := make([]team, 0, limit)
	more := false
	for rows.Next() {
		t, _, err := scanTeam(rows, 1)
		if err != nil {
			log.Print(err)
			answer(w, 500, map[string]string{"code": "internal_error"})
			return
		}
		if len(items) == limit {
			more = true
			break
		}
		items = append(items, t)
	}
	var next *string
	if more {
		next = &items[len(items)-1].Name
	}
	answer(w, 200, map[string]any{"items": items, "next_cursor": next})
}

func create(w http.ResponseWriter, r *http.Request, who, organisation string) {
	var body struct {
		Name       string     `json:"name"`
		Purpose    *string    `json:"purpose"`
		Kind       string     `json:"kind"`
		Visibility *string    `json:"visibility"`
		ParentID   *uuid.UUID `json:"parent_id"`
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&body); err != nil || body.Name == "" || body.Kind == "" {
		answer(w, 422, map[string]string{"code": "invalid_body"})
		return
	}
	id, _ := uuid.NewV7()
	change, _ := uuid.NewV7()
	rows, err := pool.Query(r.Context(), queries["team_create"], who, organisation, id, body.Name, body.Purpose, body.Kind,
		body.Visibility, body.ParentID, change, change.String())
	if err != nil {
		log.Print(err)
		answer(w, 503, map[string]string{"code": "unavailable"})
		return
	}
	defer rows.Close()
	if !rows.Next() {
		answer(w, 404, map[string]string{"code": "not_found"})
		return
	}
	t, status, err := scanTeam(rows, 5)
	if err != nil || status != nil {
		answer(w, 500, map[string]string{"code": "internal_error"})
		return
	}
	answer(w, 201, t)
}

func handle(w http.ResponseWriter, r *http.Request) {
	who, err := principal(r)
	if err != nil {
		answer(w, 401, map[string]string{"code": "invalid_token"})
		return
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/organisations/"), "/")
	switch {
	case len(parts) == 2 && parts[1] == "teams" && r.Method == http.MethodGet:
		list(w, r, who, parts[0])
	case len(parts) == 2 && parts[1] == "teams" && r.Method == http.MethodPost:
		create(w, r, who, parts[0])
	case len(parts) == 3 && parts[1] == "teams" && r.Method == http.MethodGet:
		id, err := uuid.Parse(parts[2])
		if err != nil {
			answer(w, 404, map[string]string{"code": "not_found"})
			return
		}
		one(w, r, 200, 2, queries["team_get"], who, parts[0], id)
	default:
		answer(w, 404, map[string]string{"code": "not_found"})
	}
}

func main() {
	var err error
	if secret, err = os.ReadFile(os.Getenv("SECRET_FILE")); err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"team_get", "team_list", "team_create"} {
		text, err := os.ReadFile(filepath.Join(os.Getenv("QUERIES"), "teams", name+".sql"))
		if err != nil {
			log.Fatal(err)
		}
		queries[name] = string(text)
	}
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	config.MaxConns = 16
	// Text parameters that the server types itself, such as the composite, need no registration this way.
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	if pool, err = pgxpool.NewWithConfig(context.Background(), config); err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/v1/organisations/", handle)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
